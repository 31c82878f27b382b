import type { SettingSchema } from './settings.ts';
import { typesOf } from './settings.ts';

/** What a setting allows, as data: words for people are made from it in their language. */
export type Allowed =
  | { kind: 'words'; words: string[] }
  | { kind: 'boolean' }
  | { kind: 'integer'; minimum: number | null; maximum: number | null; unit: string | null }
  | { kind: 'words-or-integer'; words: string[]; minimum: number | null; maximum: number | null }
  | { kind: 'text'; pattern: string | null }
  | { kind: 'list' }
  | { kind: 'group' }
  | { kind: 'keys'; keys: string[] }
  | { kind: 'readable-file' }
  | { kind: 'yaml' }
  | { kind: 'assignment' }
  | { kind: 'once' }
  | { kind: 'package' }
  | { kind: 'plugin'; problem: string }
  | { kind: 'regular-expression' }
  | { kind: 'time-zone' }
  | { kind: 'https-or-loopback' }
  | { kind: 'cron' }
  | { kind: 'secret-file' }
  | { kind: 'archive-target' }
  | { kind: 'one-of'; keys: string[] }
  | { kind: 'below'; path: string }
  | { kind: 'outside'; path: string }
  | { kind: 'at-least'; path: string }
  | { kind: 'loopback-or-token'; path: string };

/** One thing wrong with the configuration. */
export interface ConfigFault {
  /** `http.tokens[0].sha256`; for a file that cannot be read, its path. */
  path: string;
  /** Where the value came from: a file, a variable or a flag. */
  source: string | null;
  /** The value as given; `null` where nothing was. */
  given: string | null;
  allowed: Allowed;
}

/** The configuration cannot be used. Every fault is named at once. */
export class ConfigError extends Error {
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(`the configuration has faults at ${faults.map((fault) => fault.path).join(', ')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** What `schema` allows. */
export function allowedBy(schema: SettingSchema): Allowed {
  if (schema.enum !== undefined) return { kind: 'words', words: schema.enum };
  if (schema.properties !== undefined) return { kind: 'group' };
  const types = typesOf(schema);
  if (types.includes('array')) return { kind: 'list' };
  if (types.includes('object')) return { kind: 'group' };
  if (types.includes('integer') && types.includes('string')) {
    const words = schema.pattern?.replace(/^\^\(\?:|\)\$$/gu, '').split('|') ?? [];
    return {
      kind: 'words-or-integer',
      words,
      minimum: schema.minimum ?? null,
      maximum: schema.maximum ?? null,
    };
  }
  if (types.includes('boolean')) return { kind: 'boolean' };
  if (types.includes('integer')) {
    return {
      kind: 'integer',
      minimum: schema.minimum ?? null,
      maximum: schema.maximum ?? null,
      unit: schema.unit ?? null,
    };
  }
  return { kind: 'text', pattern: schema.pattern ?? null };
}

const longestShown = 80;

/** A given value for a message: short, on one line, and hidden where the setting is a secret. */
export function showGiven(value: unknown, schema: SettingSchema | undefined): string | null {
  if (value === undefined) return null;
  if (schema?.isSecret === true) return '(hidden)';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
