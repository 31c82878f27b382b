import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { archiveRefusalCodes } from '../archive-refusal.ts';
import { type RefusalRule, refusalRules } from './refusal-rules.ts';

const whoWaits: Record<RefusalRule['waits'], string> = {
  target: 'the target',
  clip: 'the clip',
  'at-once': 'nobody the first time, then the clip',
  dead: 'the clip, for a person',
};
const faults: Record<RefusalRule['isFaultOfClip'], string> = {
  yes: 'yes',
  'if-others-go': 'if others go',
  no: 'no',
};

function row(code: keyof typeof refusalRules): string {
  const rule = refusalRules[code];
  const yes = (is: boolean) => (is ? 'yes' : 'no');
  const cells = [
    `\`${code}\``,
    whoWaits[rule.waits],
    rule.shows === null ? '–' : `\`${rule.shows}\``,
    `× ${rule.firstWaitFactor}`,
    yes(rule.isReachAsked),
    faults[rule.isFaultOfClip],
    yes(rule.needsPeople),
  ];
  return `| ${cells.join(' | ')} |`;
}

test('what is done about each refusal stands in docs/archive.md as it is in the code', async () => {
  const docs = await readFile(new URL('../../../../docs/archive.md', import.meta.url), 'utf8');
  const section = docs.slice(docs.indexOf('| refusal |')).split('\n\n', 1)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows).toEqual([...archiveRefusalCodes, 'fault' as const].map(row));
});
