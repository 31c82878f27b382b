import { expect, test } from 'vitest';
import { decideLinks } from './decide-links.ts';
import { defaultMappingPolicy } from './link-evidence.ts';

test('a code is believed in a clip that began on the way and went on into the activity', () => {
  const startedMs = Date.UTC(2026, 7, 4, 2);
  const at = (ms: number, doubtMs: number) => ({ lowMs: ms - doubtMs, highMs: ms + doubtMs });
  const clip = { start: at(startedMs - 90_000, 5000), end: at(startedMs + 300_000, 5000) };
  const activity = {
    activityId: 'a/1',
    caseId: 'a/case',
    step: 'investigation' as const,
    officerIds: ['a/officer'],
    startedMs,
    endedMs: startedMs + 3_600_000,
    timeDoubtMs: 0,
  };
  const { links, reasons } = decideLinks(
    {
      recorded: { basis: 'proven', span: clip },
      latestStartMs: clip.start.highMs,
      wearer: { state: 'known', officerId: 'a/officer', grounds: ['clip'] },
      activities: [activity],
      namings: [
        {
          source: 'qr',
          activityId: 'a/1',
          caseId: 'a/case',
          isKnown: true,
          during: null,
          isOfOperation: false,
          step: null,
        },
      ],
    },
    defaultMappingPolicy,
  );
  expect(reasons).toEqual([]);
  expect(links).toMatchObject([{ activityId: 'a/1', source: 'qr', confidence: 'certain' }]);
});
