import type {
  ActivityKind,
  CaseCategory,
  CaseStep,
  CertificateIssuer,
  RiskTrigger,
} from '../cases/case-terms.ts';

/** 录像、录音、照相、视频监控 */
export const mediaKinds = ['video', 'audio', 'photo', 'cctv'] as const;
export type MediaKind = (typeof mediaKinds)[number];

/**
 * How much must be recorded. `whole-process-if-necessary` (必要时): `required`, and whole where a person says so;
 * `own-list`: the department has to say itself; until it does, nothing is judged.
 */
export const dutyLevels = [
  'required',
  'whole-process',
  'whole-process-if-necessary',
  'own-list',
  'none',
] as const;
export type DutyLevel = (typeof dutyLevels)[number];

/** The sentence an item comes from. */
export interface DutyBasis {
  /** Document, e.g. `临发改法规〔2019〕173号`. */
  document: string;
  /** The sentence, word by word; empty where there is none and the item is wholly inferred. */
  sentence: string;
}

/** One line of a list, with the columns that published lists have. `*` stands for any. */
export interface DutyItem {
  /** 序号: stays the same from version to version, and is what a judgement names. */
  number: string;
  /** 执法类别 */
  categories: CaseCategory[] | '*';
  /** 执法事项; `null`: all. */
  matter: string | null;
  /** 执法环节 */
  steps: CaseStep[] | '*';
  activities: ActivityKind[] | '*';
  /** 记录场所 */
  place: string | null;
  /** 记录方式 */
  mediaKinds: MediaKind[];
  /** 记录人 */
  recordedBy: string | null;
  /** 开始记录时间, 结束记录时间: in words; the instants come from the activity. */
  startTrigger: string | null;
  endTrigger: string | null;
  /** 记录内容 */
  content: string | null;
  /** 执法记录类别: 入户类、场景类、约谈类、确认类、检查类 */
  recordClass: string | null;
  /** 执法时限要求 */
  timeLimit: { count: number; unit: 'day' | 'working-day' } | null;
  /** 存储期限 */
  retention: 'permanent' | 'same-as-file' | { duration: string };
  level: DutyLevel;
  /** 备注 */
  note: string | null;
  basis: DutyBasis;
  /** True where a part of the item is our inference and not in the sentence; `note` says which. */
  isDerived: boolean;
}

/** When the whole process must be recorded, whatever the items say. */
export interface WholeProcessRule {
  /** `mandatory` raises a required item to whole-process; `proposed` asks a person (必要时); `own-list`: items say it. */
  effect: 'mandatory' | 'proposed' | 'own-list';
  triggers: RiskTrigger[];
  /** Which activities it speaks of, e.g. those on site; `*`: all. */
  activities: ActivityKind[] | '*';
  basis: DutyBasis;
  isDerived: boolean;
  note: string | null;
}

/** Within how many working days decisions of these categories are published. */
export interface PublishingRule {
  categories: CaseCategory[];
  workingDays: number;
  basis: DutyBasis;
  isDerived: boolean;
  note: string | null;
}

export const ruleSubjects = [
  'categories',
  'steps',
  'media-kinds',
  'certificate-issuers',
  'review',
  'validity',
] as const;
export type RuleSubject = (typeof ruleSubjects)[number];

/** Where one of the other rules of a list comes from. */
export interface RuleSource {
  rule: RuleSubject;
  basis: DutyBasis;
  isDerived: boolean;
  note: string | null;
}

/** 《音像记录事项清单》 of one department with the other rules that judge its cases. */
export interface DutyListContent {
  categories: CaseCategory[];
  /** Steps that the department names; `isDefault`: taken from 行政处罚法 §47, as it names none. */
  steps: { names: CaseStep[]; isDefault: boolean };
  items: DutyItem[];
  wholeProcess: WholeProcessRule;
  /** Working days within which a decision is published, by category; a category that is not named has the general time. */
  publishing: PublishingRule[];
  /** Issuers whose certificates count here; empty: any. */
  certificateIssuers: CertificateIssuer[];
  /** Categories whose major decisions need legal review; `*`: all. */
  reviewCategories: CaseCategory[] | '*';
  /** True where 行政执法人员清单 shows until when each certificate is valid. */
  publishesValidity: boolean;
  /** Where categories, steps, issuers and review come from. */
  sources: RuleSource[];
}

/**
 * One published version. A day is judged by the newest version that is in force on it, so that what is published later
 * speaks for every day from its own on.
 */
export interface DutyListVersion {
  departmentId: string;
  version: number;
  name: string;
  /** Day `yyyy-mm-dd`, in the zone of the dock. */
  inForceFrom: string;
  publishedAt: string;
  publishedBy: string;
  reason: string;
  /** SHA-256 of the canonical JSON of `content`, as in the custody log. */
  sha256: string;
  content: DutyListContent;
}

/** What a judgement names as its law. */
export interface DutyReference {
  departmentId: string;
  version: number;
  sha256: string;
  /** `null`: the list has no item for such an activity. */
  itemNumber: string | null;
}
