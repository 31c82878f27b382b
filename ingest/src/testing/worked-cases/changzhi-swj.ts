import { changzhiSwj } from '../../duties/presets/changzhi-swj.ts';
import { type WorkedCase, workedCase } from './worked-case.ts';

const video = { officerId: 'oa/officer-1', mediaKind: 'video', sealedAt: '2026-03-02 18:10:00' } as const;
const market = {
  ofCase: {
    category: 'penalty',
    name: '销售过期食品（示例）',
    number: '示商罚〔2026〕1号',
    riskTriggers: ['life-health'],
  },
  activity: {
    kind: 'on-site-inspection',
    place: '示例市场',
    from: '2026-03-02 09:00:00',
    to: '2026-03-02 10:00:00',
  },
  list: changzhiSwj,
} as const;

export const changzhiCases: WorkedCase[] = [
  workedCase({
    ...market,
    name: 'two recorders, an empty battery, and five minutes that nobody recorded',
    ofCase: { ...market.ofCase, riskTriggers: [...market.ofCase.riskTriggers] },
    clips: [
      { ...video, recorder: 'A', from: '2026-03-02 08:58:00', lengthSeconds: 900, doubtSeconds: 1.8 },
      { ...video, recorder: 'A', from: '2026-03-02 09:13:00', lengthSeconds: 1020, doubtSeconds: 1.8 },
      {
        ...video,
        recorder: 'B',
        officerId: 'oa/officer-2',
        from: '2026-03-02 09:25:00',
        lengthSeconds: 660,
        doubtSeconds: 2.4,
      },
      { ...video, recorder: 'A', from: '2026-03-02 09:41:00', lengthSeconds: 1320, doubtSeconds: 1.8 },
    ],
    exceptions: [
      {
        claim: {
          kind: 'gap-reason',
          reasonCode: 'battery',
          reason: '电池耗尽，更换电池后口述原因并恢复记录',
          paperRecord: null,
          from: '2026-03-02 09:36:00',
          to: '2026-03-02 09:41:00',
        },
        requestedBy: '张三',
        approvedBy: '王五',
        approvedAt: '2026-03-03 09:00:00',
      },
    ],
    judgedAt: '2026-03-03 10:00:00',
    expected: 'partial',
    why: 'Life and health are at stake, so the whole process must be recorded (要进行全过程音像记录). Recorder A stopped at 09:30; recorder B covers for it until 09:36; A goes on at 09:41. The two files of A before that are one run: by A’s own clock the second begins where the first ends, so no doubt is counted between them. Between B and A nothing can have been recorded for at least 4 minutes 55.8 seconds, whatever the true times are within their doubts. An approved reason names the stretch: the state stays `partial`, and it is explained.',
  }),
  workedCase({
    ...market,
    name: 'the whole process in four files, and a certificate that had run out',
    ofCase: { ...market.ofCase, riskTriggers: [...market.ofCase.riskTriggers] },
    officers: [{}, { validUntil: '2026-02-28' }],
    clips: [0, 1, 2, 3].map((file) => ({
      ...video,
      recorder: 'A',
      from: `2026-03-02 ${['08:57:30', '09:14:31', '09:31:32', '09:48:33'][file]}`,
      lengthSeconds: 1020,
      doubtSeconds: 20,
    })),
    exceptions: [],
    judgedAt: '2026-03-03 10:00:00',
    expected: 'met',
    why: 'The recorder was set wrongly and its error is known only to 20 seconds. It begins a new file every 17 minutes, a second apart by its own clock: that is no gap, for both files have the same error. Counting the doubt at each of the three joins would invent three gaps of forty-one seconds. The doubt counts once, at both ends of the run, and the recording began and ended far enough outside the inspection. The second officer’s certificate had run out two days before, which leaves one where 行政处罚法 §42 wants two: warnings for whoever reviews the case, not a flaw of the footage.',
  }),
];
