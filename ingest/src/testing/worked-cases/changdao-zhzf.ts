import { changdaoZhzf } from '../../duties/presets/changdao-zhzf.ts';
import { type WorkedCase, workedCase } from './worked-case.ts';

export const changdaoCases: WorkedCase[] = [
  workedCase({
    name: 'recorded in part, where recording in part is enough',
    list: changdaoZhzf,
    ofCase: {
      category: 'penalty',
      name: '占道经营（示例）',
      number: '示综罚〔2026〕7号',
      riskTriggers: ['major-property'],
    },
    activity: {
      kind: 'on-site-inspection',
      place: '示例街道',
      from: '2026-05-11 10:00:00',
      to: '2026-05-11 10:40:00',
    },
    clips: [
      {
        recorder: 'A',
        officerId: 'oa/officer-1',
        mediaKind: 'video',
        from: '2026-05-11 10:03:00',
        lengthSeconds: 720,
        doubtSeconds: 2.1,
        sealedAt: '2026-05-11 17:45:00',
      },
    ],
    exceptions: [],
    judgedAt: '2026-05-12 08:00:00',
    expected: 'met',
    why: 'The plan wants such an activity recorded (要进行音像记录), and the whole process only where necessary (必要时). Twelve of forty minutes are on record, surely within the inspection: the duty is answered. As major property is at stake, Docket proposes to a person that the whole be recorded, and decides nothing: had it been ordered, the same footage would be `partial`.',
  }),
  workedCase({
    name: 'a recorder that was lost',
    list: changdaoZhzf,
    ofCase: { category: 'penalty', name: '违法建设（示例）', number: '示综罚〔2026〕9号' },
    activity: {
      kind: 'evidence-preservation',
      step: 'evidence',
      place: '示例工地',
      from: '2026-05-13 14:00:00',
      to: '2026-05-13 14:30:00',
    },
    clips: [],
    exceptions: [
      {
        claim: {
          kind: 'recorder-lost',
          reasonCode: null,
          reason: '返程乘船时落水遗失',
          paperRecord: '设备遗失报告 2026-02',
        },
        requestedBy: '张三',
        approvedBy: '王五',
        approvedAt: '2026-05-14 10:00:00',
      },
    ],
    judgedAt: '2026-05-15 08:00:00',
    expected: 'missing',
    why: 'Nothing is here, and the time to hand it in has passed. That the recorder was lost is signed for and approved: it explains why, so the activity does not count as overdue. It does not make anything met or exempt: the duty was there, and no footage answers it.',
  }),
];
