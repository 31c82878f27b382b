import type { NameProfile } from '@docket/device-protocol';
import type { Config } from './config-schema.ts';

/** A pattern over whole names, or `null` where it is no regular expression. */
export function patternOf(source: string): RegExp | null {
  try {
    return new RegExp(`^(?:${source})$`, 'u');
  } catch {
    return null;
  }
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The operator's own habits of naming, from a checked configuration. */
export function configuredNameProfiles({ nameProfiles }: Config['volumes']): NameProfile[] {
  return nameProfiles.flatMap(({ name, pattern, timeZone }) => {
    const compiled = patternOf(pattern);
    return compiled === null ? [] : [{ name, title: name, pattern: compiled, timeZone }];
  });
}
