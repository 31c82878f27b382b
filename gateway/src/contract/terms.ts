import { type TSchema, Type } from '@docket/device-protocol/schema';

/** `null` stands for "not known" or "not there"; a field is never left out of an answer. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

/** One of the given words. */
export function oneOf<const Words extends readonly string[]>(words: Words, description?: string) {
  const notes = description === undefined ? {} : { description };
  return Type.Unsafe<Words[number]>({ type: 'string', enum: [...words], ...notes });
}

export const Identifier = Type.String({ minLength: 1, maxLength: 128 });

/** RFC 3339 in UTC with milliseconds. */
export const Instant = Type.String({ format: 'date-time', description: 'RFC 3339, UTC' });

export const DeviceTime = Type.Object(
  {
    text: Type.String({ description: 'As the recorder wrote it; no zone unless the recorder named one.' }),
    source: oneOf(['name', 'file-time']),
    assumedZone: nullable(
      Type.String({
        description: 'IANA zone that the habit of naming says the text is in; null: not known.',
      }),
    ),
  },
  { description: 'A time by the recorder’s own clock, as found and not corrected.' },
);

/** A text without control characters in which something is said. */
export function saying(maxLength: number, description: string) {
  return Type.String({
    minLength: 1,
    maxLength,
    pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f]*$',
    description,
  });
}

/** The person who asks, where the dock has no tokens to tell. */
export const person = Type.Optional(
  saying(64, 'Who asks; needed where the dock has no tokens, and otherwise the holder of the token.'),
);

/** Why something is done; kept in the custody log. */
export const reason = saying(500, 'Why; kept in the custody log.');

/** A calendar day by the dock's own zone. */
export const Day = Type.String({ format: 'date', description: 'yyyy-mm-dd' });
