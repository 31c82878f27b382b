import { taierzhuangSpj } from '../../duties/presets/taierzhuang-spj.ts';
import { type WorkedCase, workedCase } from './worked-case.ts';

const survey = {
  list: taierzhuangSpj,
  ofCase: { category: 'license', name: '餐饮场所许可（示例）', number: '示审许〔2026〕20号' },
  activity: {
    kind: 'site-survey',
    step: 'review',
    place: '示例餐馆',
    from: '2026-04-08 14:00:00',
    to: '2026-04-08 14:45:00',
  },
  exceptions: [],
  judgedAt: '2026-04-10 08:00:00',
} as const;

export const taierzhuangCases: WorkedCase[] = [
  workedCase({
    ...survey,
    name: 'the beginning lies within the doubt',
    ofCase: { ...survey.ofCase, riskTriggers: ['life-health'] },
    officers: [{ issuer: 'ministry' }],
    clips: [
      {
        recorder: 'A',
        officerId: 'oa/officer-1',
        mediaKind: 'video',
        from: '2026-04-08 13:59:40',
        lengthSeconds: 2880,
        doubtSeconds: 45,
        sealedAt: '2026-04-08 17:30:00',
      },
    ],
    exceptions: [],
    expected: 'unverifiable',
    why: 'A place that touches life and health: the whole must be recorded (要进行全过程音像记录). By the best guess the recording began twenty seconds before the survey; but the clock of the recorder is known to 45 seconds only, so it may have begun 25 seconds after. Docket claims neither that it is whole nor that there is a gap: a gap smaller than the doubts at its ends is never claimed. The officer’s certificate was made by a ministry, and this plan accepts those of the province and recorded ones: a warning.',
  }),
  workedCase({
    ...survey,
    name: 'a recorder whose clock nobody could read',
    officers: [{}],
    clips: [
      {
        recorder: 'B',
        officerId: 'oa/officer-1',
        mediaKind: 'video',
        from: '2026-04-08 14:05:00',
        lengthSeconds: 1800,
        doubtSeconds: 0,
        doubts: ['clock-never-read'],
        sealedAt: '2026-04-08 17:30:00',
      },
    ],
    exceptions: [],
    expected: 'unverifiable',
    why: 'No life or property is at stake, so any footage of the survey would do, and a clip is here that by the recorder’s own word lies in the middle of it. But that clock was never measured: it may be off by minutes or by years. Footage is here; whether it answers the duty is not proven. A person who watches it can say so in the review; Docket does not.',
  }),
];
