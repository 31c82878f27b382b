import { type Static, type TSchema, Type } from '@docket/device-protocol/schema';

const closed = <Properties extends Record<string, TSchema>>(properties: Properties, notes = {}) =>
  Type.Object(properties, { additionalProperties: false, ...notes });
const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const words = <const Words extends readonly string[]>(known: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...known] });

const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 in lower-case hex' });
const instant = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?Z$',
  description: 'RFC 3339, UTC',
});
const text = Type.String();

const clip = closed({
  id: Type.String({ description: 'UUID of the clip; the same in every record of it' }),
  sha256,
  sm3: orNull(Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SM3 (GB/T 32905) of the original' })),
  sizeBytes: Type.Integer({ minimum: 0 }),
  kind: Type.String({ description: '`video`, `audio`, `photo` or `sidecar`' }),
  name: Type.String({ description: 'Name of the file on the recorder, as found' }),
  state: words(['sealed', 'forwarded', 'receipted', 'released', 'deleted']),
  quarantine: orNull(Type.String({ description: 'Why a person must look at it' })),
  sealedRecordSha256: sha256,
  media: orNull(
    closed(
      {
        container: orNull(text),
        durationMs: orNull(Type.Number()),
        width: orNull(Type.Number()),
        height: orNull(Type.Number()),
        videoCodec: orNull(text),
        audioCodec: orNull(text),
      },
      { description: 'What a media prober says of it; a hint, no evidence' },
    ),
  ),
});

const clock = Type.Union([
  closed({
    state: Type.Literal('measured'),
    offsetMs: Type.Number({ description: 'Recorder minus reference, ± `halfWidthMs`' }),
    halfWidthMs: Type.Number({ minimum: 0 }),
    kind: Type.Unsafe<'bound' | 'unverified'>({
      type: 'string',
      enum: ['bound', 'unverified'],
      description: '`bound`: against UTC; `unverified`: against a dock clock that was not known to be right',
    }),
    method: text,
    readAt: instant,
  }),
  closed({ state: Type.Literal('unreadable'), reason: text }),
]);

const recorder = closed({
  id: text,
  serialNumber: orNull(text),
  vendor: orNull(text),
  model: orNull(text),
  clock,
});

const interval = closed(
  {
    kind: words(['bounded', 'one-sided', 'unbounded']),
    value: orNull(instant),
    halfWidthMs: orNull(Type.Number({ minimum: 0 })),
    notBefore: orNull(instant),
    notAfter: orNull(instant),
  },
  { description: 'An instant with its doubt; unless `bounded`, `value` is only the best guess' },
);

const time = closed({
  start: interval,
  end: interval,
  isCorrected: Type.Boolean({ description: 'Whether a measured offset of the recorder was taken off' }),
  sources: Type.Array(
    closed({
      kind: text,
      raw: Type.String({ description: 'As found' }),
      reading: Type.String({ description: 'How it was understood' }),
      zone: orNull(text),
      tells: text,
      notBefore: orNull(instant),
      notAfter: orNull(instant),
    }),
  ),
  conflicts: Type.Array(
    closed({
      between: Type.Array(text, { minItems: 2, maxItems: 2 }),
      apartMs: Type.Number(),
      zoneHours: orNull(Type.Number()),
    }),
  ),
  doubts: Type.Array(text),
});

/** The newest entries of a clip that its record carries; older ones stand in records before, and in the custody log. */
export const mostCustodyEntries = 256;

/**
 * Version 1 of the index record: what the dock knows of one clip. Its serialisation is RFC 8785 (JCS) in UTF-8; the
 * SHA-256 of that is its id, and what the next record of the dock names as `previousSha256`.
 */
export const indexRecordSchema = closed(
  {
    v: Type.Literal(1),
    dock: text,
    organisation: orNull(text),
    sequence: Type.Integer({
      minimum: 0,
      description: 'Counts the records of this dock from 0, without gaps',
    }),
    previousSha256: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'SHA-256 of the dock’s last record; 64 zeros in its first',
    }),
    at: instant,
    revises: orNull(
      Type.Integer({
        minimum: 0,
        description: 'Sequence of the clip’s record that this one takes the place of',
      }),
    ),
    clip,
    recorder,
    officer: closed({
      number: orNull(Type.String({ description: 'As the recorder or the ledger names it' })),
      id: orNull(Type.String({ description: 'As the case system names the officer who wore it' })),
    }),
    links: Type.Array(
      closed({
        caseId: text,
        step: orNull(text),
        activityId: orNull(text),
        source: text,
        confidence: text,
      }),
      { description: 'The cases, steps and activities it belongs to' },
    ),
    time: orNull(time),
    importance: closed({
      isImportant: Type.Boolean(),
      grounds: Type.Array(words(['marked', 'on-hold']), { uniqueItems: true }),
    }),
    retention: closed({
      class: orNull(words(['undecided', 'unlinked', 'linked', 'permanent'])),
      until: orNull(instant),
      isOnHold: Type.Boolean(),
    }),
    custody: closed({
      count: Type.Integer({ minimum: 0, description: 'Entries of this clip so far' }),
      entries: Type.Array(
        closed({
          sequence: Type.Integer({ minimum: 0, description: 'Leaf of the dock’s custody log' }),
          action: text,
          at: instant,
          actor: text,
          leafHash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'RFC 9162 leaf hash' }),
        }),
        { maxItems: mostCustodyEntries, description: 'The newest of them, oldest first' },
      ),
    }),
    receipts: Type.Array(
      closed({
        target: text,
        object: text,
        grade: text,
        issuedBy: text,
        storedAt: instant,
        noteSha256: sha256,
        recordSha256: orNull(
          Type.String({ pattern: '^[0-9a-f]{64}$', description: 'The record the receipt names' }),
        ),
      }),
      { description: 'Archives that have signed for it so far' },
    ),
  },
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:docket:schema:index-record:1',
    title: 'Index record of a clip, version 1',
    description:
      'What a dock knows of one clip, in canonical JSON (RFC 8785). Records of a dock are chained by `sequence` and `previousSha256`, so that a gap shows.',
  },
);

export type IndexRecordBody = Static<typeof indexRecordSchema>;

/** The schema as the file that is published. */
export function indexRecordSchemaFile(): string {
  return `${JSON.stringify(indexRecordSchema, null, 2)}\n`;
}
