import type { CaseCategory } from '../cases/case-terms.ts';
import type { DeadlinePeriod, DeadlineSource } from './deadline.ts';

/** The settings behind deadlines that no law fixes. */
export interface DeadlinePolicy {
  /** From the end of an activity until its footage is in the store. */
  handInHours: number;
  /** From the end of an activity until its footage is archived; from the closing of a case until its file is. */
  archiveDays: number;
  /** Working days from a decision until it is public, where the department's list does not say. */
  publishWorkingDays: { licenseAndPenalty: number; others: number };
}

export const usualDeadlines: DeadlinePolicy = {
  handInHours: 24,
  archiveDays: 30,
  publishWorkingDays: { licenseAndPenalty: 7, others: 20 },
};

const setting = (key: string): DeadlineSource => ({ document: key, article: null, sentence: null });

/** 行政处罚法（2021）§85 makes the two, three, five and seven days of that law working days. */
const penaltyLawDays = '本法中“二日”“三日”“五日”“七日”的规定是指工作日，不含法定节假日。';

/** 行政处罚法 §56: what is registered and preserved must be decided on. */
export const preservePeriod: DeadlinePeriod = {
  count: 7,
  unit: 'working-day',
  isCarried: false,
  source: {
    document: '行政处罚法（2021）',
    article: '第五十六条、第八十五条',
    sentence: `可以先行登记保存，并应当在七日内及时作出处理决定；${penaltyLawDays}`,
  },
};

/** 行政处罚法 §48: a published decision that was changed, revoked or found unlawful is taken back. */
export const unpublishPeriod: DeadlinePeriod = {
  count: 3,
  unit: 'working-day',
  isCarried: false,
  source: {
    document: '行政处罚法（2021）',
    article: '第四十八条、第八十五条',
    sentence: `公开的行政处罚决定被依法变更、撤销、确认违法或者确认无效的，行政机关应当在三日内撤回行政处罚决定信息并公开说明理由；${penaltyLawDays}`,
  },
};

export function handInPeriod({ handInHours }: DeadlinePolicy): DeadlinePeriod {
  const source = setting('deadlines.handInHours');
  return { count: handInHours, unit: 'hour', isCarried: false, source };
}

/** No law counts these days; a period that ends on a day off is carried on, as periods of authorities commonly are. */
export function archivePeriod({ archiveDays }: DeadlinePolicy): DeadlinePeriod {
  const source = setting('deadlines.archiveDays');
  return { count: archiveDays, unit: 'day', isCarried: true, source };
}

/** 国办发〔2018〕118号, where neither the department's list nor the settings say otherwise. */
export function publishPeriod(
  { publishWorkingDays }: DeadlinePolicy,
  category: CaseCategory,
): DeadlinePeriod {
  const isShort = category === 'license' || category === 'penalty';
  const count = isShort ? publishWorkingDays.licenseAndPenalty : publishWorkingDays.others;
  const usual = usualDeadlines.publishWorkingDays;
  const isUsual = count === (isShort ? usual.licenseAndPenalty : usual.others);
  const source: DeadlineSource = isUsual
    ? {
        document: '国办发〔2018〕118号',
        article: null,
        sentence: isShort
          ? '行政许可、行政处罚的执法决定信息要在执法决定作出之日起7个工作日内公开'
          : '行政执法机关要在执法决定作出之日起20个工作日内，向社会公布',
      }
    : setting('deadlines.publishWorkingDays');
  return { count, unit: 'working-day', isCarried: false, source };
}
