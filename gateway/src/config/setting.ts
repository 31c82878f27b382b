import { type TSchema, type TSchemaOptions, Type } from '@docket/device-protocol/schema';

/** What every setting says of itself. The documentation is made from this, so nothing here is optional prose. */
export interface SettingNotes extends TSchemaOptions {
  title: string;
  description: string;
  unit?: 'bytes' | 'ms' | 'baud';
  /** A relative value is resolved against the folder of the configuration file. */
  isPath?: true;
  /** The value is never repeated in a message. */
  isSecret?: true;
}

/** Keywords beside those of JSON Schema. */
export const settingKeywords = ['unit', 'isPath', 'isSecret'];

/** A group of settings; missing as a whole, it stands for its defaults. Unknown keys are errors. */
export function section<Properties extends Record<string, TSchema>>(
  notes: { title: string; description: string },
  properties: Properties,
) {
  return Type.Object(properties, { ...notes, additionalProperties: false, default: {} });
}

/** One entry of a list of settings. Unknown keys are errors. */
export function entry<Properties extends Record<string, TSchema>>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false });
}

/** A text that may be left out. `null` keeps its own meaning, told in the description. */
export function optionalText(
  notes: SettingNotes & { minLength?: number; maxLength?: number; pattern?: string },
) {
  return Type.Unsafe<string | null>({ type: ['string', 'null'], default: null, ...notes });
}

/** A whole number that may be left out. */
export function optionalInteger(notes: SettingNotes & { minimum: number; maximum: number }) {
  return Type.Unsafe<number | null>({ type: ['integer', 'null'], default: null, ...notes });
}

/** Yes or no, or left out. */
export function optionalBoolean(notes: SettingNotes) {
  return Type.Unsafe<boolean | null>({ type: ['boolean', 'null'], default: null, ...notes });
}

/** One of a few words, or a whole number. */
export function wordsOrInteger<const Words extends readonly string[]>(
  words: Words,
  notes: SettingNotes & { minimum: number; maximum: number },
) {
  return Type.Unsafe<Words[number] | number>({
    type: ['string', 'integer'],
    pattern: `^(?:${words.join('|')})$`,
    ...notes,
  });
}

/** One of a few words. */
export function choice<const Words extends readonly string[]>(words: Words, notes: SettingNotes) {
  return Type.Unsafe<Words[number]>({ type: 'string', enum: [...words], ...notes });
}
