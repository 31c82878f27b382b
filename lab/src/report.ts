import type { Outcome, Scenario } from './scenario.ts';

/** One line a scenario, as it ends. */
export function outcomeLine({ name, title }: Scenario, outcome: Outcome): string {
  switch (outcome.result) {
    case 'passed':
      return `✓ ${name} (${outcome.seconds.toFixed(1)} s): ${title}`;
    case 'failed':
      return `✗ ${name} (${outcome.seconds.toFixed(1)} s): ${title}\n    ${outcome.error}\n    kept: ${outcome.keptIn}`;
    case 'skipped':
      return `- ${name} skipped: ${outcome.reason}`;
    case 'not run':
      return `- ${name} not run: the time was up`;
  }
}

/** The last line: `N passed, N failed`, and what was left out. */
export function countLine(outcomes: readonly Outcome[]): string {
  const count = (result: Outcome['result']) => outcomes.filter((outcome) => outcome.result === result).length;
  const rest = (['skipped', 'not run'] as const).filter((result) => count(result) > 0);
  return [
    `${count('passed')} passed`,
    `${count('failed')} failed`,
    ...rest.map((result) => `${count(result)} ${result}`),
  ].join(', ');
}
