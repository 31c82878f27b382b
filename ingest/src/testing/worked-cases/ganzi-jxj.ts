import { ganziJxj } from '../../duties/presets/ganzi-jxj.ts';
import { type WorkedCase, workedCase } from './worked-case.ts';

export const ganziCases: WorkedCase[] = [
  workedCase({
    name: 'handed in three days later',
    list: ganziJxj,
    ofCase: { category: 'penalty', name: '违规用电（示例）', number: '示经信罚〔2026〕4号' },
    activity: {
      kind: 'document-service',
      step: 'service',
      place: '当事人住所',
      from: '2026-06-10 15:20:00',
      to: '2026-06-10 15:30:00',
    },
    clips: [
      {
        recorder: 'A',
        officerId: 'oa/officer-1',
        mediaKind: 'video',
        from: '2026-06-10 15:19:00',
        lengthSeconds: 480,
        doubtSeconds: 3.5,
        sealedAt: '2026-06-13 09:05:00',
      },
    ],
    exceptions: [
      {
        claim: {
          kind: 'late-dock',
          reasonCode: null,
          reason: '塌方道路中断，人员滞留县城',
          paperRecord: '情况说明 2026-11',
        },
        requestedBy: '张三',
        approvedBy: '王五',
        approvedAt: '2026-06-13 11:00:00',
      },
    ],
    judgedAt: '2026-06-14 08:00:00',
    expected: 'late',
    why: 'The service of the document is on record, and nothing more is asked. But footage is to be handed in within 24 hours of the activity (a setting; no plan names a time), and it came after almost three days. It stays `late`; a road that was cut off is signed for and approved, and explains it.',
  }),
  workedCase({
    name: 'an activity that the plan does not name',
    list: ganziJxj,
    ofCase: { category: 'coercion', name: '查封设备（示例）', number: '示经信强〔2026〕1号' },
    activity: {
      kind: 'coercion-measure',
      step: 'execution',
      place: '示例厂区',
      from: '2026-06-11 10:00:00',
      to: '2026-06-11 11:00:00',
    },
    clips: [],
    exceptions: [],
    judgedAt: '2026-06-13 08:00:00',
    expected: 'not-required',
    why: 'The plan names six activities, and 行政强制 is not among them; other departments’ plans name it. So the list asks nothing, and the missing footage counts neither for nor against. The department may raise the item, and the activity is judged anew by the new version if that is in force on its day.',
  }),
];
