const minuteMs = 60_000;
/** The dock's wall clock is that of China, and so are the times on the virtual recorders. */
const wallClockOffsetMs = 8 * 3_600_000;
const departmentId = 'changzhi-swj';
/** Whose ids these are. */
export const demoSender = 'demo';

/** The department of the examples, whose duty list comes with Docket. */
export const demoDepartment = { departmentId, reason: '示例 · example' };

/**
 * What a case system would tell of the shift that the virtual recorders come from: activities whose clips link by
 * themselves, one answered and one recorded only in part where the whole is wanted; two at once that one clip may belong
 * to; some that nobody recorded. Clips without a satellite track, off cards whose clocks nobody could read, wait for a
 * person with their suggestions. `shiftEnd` is the wall clock as UTC, as for the footage.
 */
export function exampleCases(shiftEnd: Date): { records: Record<string, unknown>[]; firstDay: string } {
  const at = (minutesBefore: number) =>
    new Date(shiftEnd.getTime() - wallClockOffsetMs - minutesBefore * minuteMs).toISOString();
  const day = (daysBefore: number) =>
    new Date(shiftEnd.getTime() - daysBefore * 24 * 60 * minuteMs).toISOString().slice(0, 10);
  const officer = (number: string, name: string) => ({
    kind: '执法人员',
    id: `officer-${number}`,
    name,
    unitId: 'unit-1',
    certificateNumber: `DEMO-${number.slice(-3)}`,
    officerNumber: number,
    categories: '行政处罚、行政检查、行政许可',
    area: '示例市',
    validUntil: day(-365),
    issuer: '省政府统一印制',
  });
  const enforcementCase = (id: string, name: string, category: string, more: object = {}) => ({
    kind: '案件',
    id,
    number: `示商罚〔${day(3).slice(0, 4)}〕${id.slice(-1)}号`,
    name,
    departmentId,
    unitId: 'unit-1',
    category,
    openedOn: day(3),
    retention: '10年',
    ...more,
  });
  const activity = (
    id: string,
    caseId: string,
    name: string,
    officers: string,
    [from, to]: readonly [number, number],
    place: string,
  ) => ({
    kind: '执法活动',
    id,
    caseId,
    activity: name,
    officerIds: officers,
    startedAt: at(from),
    endedAt: at(to),
    place,
  });
  const records = [
    { kind: '单位', id: 'unit-1', name: '示例市商务局执法队', departmentId },
    officer('000101', '张三'),
    officer('000202', '李四'),
    officer('000303', '王五'),
    enforcementCase('case-1', '示例商行未按规定备案案', '处罚', { riskTriggers: '重大财产权益' }),
    enforcementCase('case-2', '示例超市预付卡检查', '检查', { isRandomInspection: '是' }),
    enforcementCase('case-3', '示例公司合同违规案', '处罚', { riskTriggers: '重大财产权益' }),
    activity('activity-1', 'case-2', '现场检查', 'officer-000101、officer-000202', [192, 185], '示例超市'),
    activity('activity-2', 'case-1', '调查取证', 'officer-000101', [152, 147], '示例商行'),
    activity('activity-3', 'case-1', '听证', 'officer-000202', [125, 115], '听证室'),
    activity('activity-4', 'case-3', '文书送达', 'officer-000202', [122, 112], '示例公司'),
    activity('activity-5', 'case-3', '现场检查', 'officer-000303', [105, 40], '示例公司'),
    activity('activity-6', 'case-2', '文书送达', 'officer-000202', [30, 20], '示例超市'),
  ];
  return { records, firstDay: day(30) };
}
