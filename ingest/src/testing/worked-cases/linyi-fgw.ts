import { linyiFgw } from '../../duties/presets/linyi-fgw.ts';
import { usualColumns } from '../../duties/presets/usual-columns.ts';
import { type WorkedCase, workedCase } from './worked-case.ts';

/** What the department itself might publish: the plan wants it to, and says no more. */
const ownList = {
  ...linyiFgw,
  name: '临沂市发展和改革委员会音像记录事项清单（示例）',
  content: {
    ...linyiFgw.content,
    items: linyiFgw.content.items.map((item) => ({
      ...item,
      ...usualColumns.onSiteInspection,
      number: '1',
      level: 'required' as const,
      note: '示例：由本单位自行编制。',
    })),
  },
};

const inspection = {
  ofCase: { category: 'inspection', name: '粮食收购企业现场检查（示例）', number: null },
  activity: {
    kind: 'on-site-inspection',
    place: '示例粮库',
    from: '2026-03-02 09:00:00',
    to: '2026-03-02 09:40:00',
  },
  judgedAt: '2026-03-04 08:00:00',
} as const;

export const linyiCases: WorkedCase[] = [
  workedCase({
    ...inspection,
    name: 'a list that is still to be written',
    list: linyiFgw,
    clips: [
      {
        recorder: 'A',
        officerId: 'oa/officer-1',
        mediaKind: 'video',
        from: '2026-03-02 08:58:00',
        lengthSeconds: 2700,
        doubtSeconds: 2,
        sealedAt: '2026-03-02 18:10:00',
      },
    ],
    exceptions: [],
    expected: 'unverifiable',
    why: 'The whole inspection is on record. But the plan says that the department makes its own list (编制《音像记录事项清单》), and until it has published one nobody can say what had to be recorded. Docket judges nothing then, neither for nor against; the footage is kept and linked all the same.',
  }),
  workedCase({
    ...inspection,
    name: 'the department’s own list, and a trade secret',
    list: ownList,
    clips: [],
    exceptions: [
      {
        claim: {
          kind: 'exemption',
          reasonCode: 'trade-secret',
          reason: '储备配方车间，企业书面说明涉及商业秘密，改为文字记录',
          paperRecord: '免予音像记录审批表 2026-03',
        },
        requestedBy: '张三',
        approvedBy: '王五',
        approvedAt: '2026-03-02 17:00:00',
      },
    ],
    expected: 'exempt',
    why: 'The department’s own list wants the inspection recorded, and nothing of it is here. The officer asked to be excused for a trade secret (商业秘密) with a paper record, and another person approved. Had footage been here that answers the duty, it would be `met`: what is on record is a fact, and an exemption does not undo it.',
  }),
];
