import type { Allowed, ConfigError, ConfigFault } from '../config/index.ts';
import type { Messages } from '../messages/index.ts';
import { printable } from './text-table.ts';

/** The faults of a configuration as lines for people. */
export function configReport(error: ConfigError, { config }: Messages): string[] {
  return [config.faults(error.faults.length), ...error.faults.flatMap((fault) => faultLines(fault, config))];
}

function faultLines(fault: ConfigFault, words: Messages['config']): string[] {
  const source = fault.source === null ? '' : words.from(fault.source);
  const isAboutValue = fault.allowed.kind !== 'keys' && fault.allowed.kind !== 'assignment';
  const given = fault.given === null ? words.missing : words.given(printable(fault.given));
  return [
    `  ${printable(fault.path)}${source}`,
    ...(isAboutValue ? [`    ${given}`] : []),
    `    ${words.allowed(allowedText(fault.allowed, words.allowedWords))}`,
  ];
}

function allowedText<Kind extends Allowed['kind']>(
  allowed: Extract<Allowed, { kind: Kind }>,
  words: { [Key in Allowed['kind']]: (allowed: Extract<Allowed, { kind: Key }>) => string },
): string {
  // The table holds for each kind the function of that kind; the compiler cannot follow that through a union.
  const say = words[allowed.kind as Kind] as (allowed: Extract<Allowed, { kind: Kind }>) => string;
  return say(allowed);
}
