import type {
  ActivityKind,
  CaseCategory,
  CaseStep,
  CertificateIssuer,
  DutyColumn,
  DutyItem,
  DutyLevel,
  MediaKind,
  RiskTrigger,
} from '@docket/gateway/contract';

/** The words a duty list is made of, in the order of the field. Typed against the contract, which stays out of the bundle. */
export const categories: CaseCategory[] = [
  'license',
  'penalty',
  'coercion',
  'inspection',
  'levy',
  'requisition',
  'fee',
  'other-power',
];
export const steps: CaseStep[] = [
  'acceptance',
  'filing',
  'investigation',
  'evidence',
  'review',
  'decision',
  'service',
  'execution',
  'archiving',
];
export const activities: ActivityKind[] = [
  'on-site-inspection',
  'random-inspection',
  'investigation-evidence',
  'evidence-preservation',
  'hearing',
  'coercion-measure',
  'document-service',
  'site-survey',
  'other',
];
export const mediaKinds: MediaKind[] = ['video', 'audio', 'photo', 'cctv'];
export const levels: DutyLevel[] = [
  'required',
  'whole-process',
  'whole-process-if-necessary',
  'own-list',
  'none',
];
export const riskTriggers: RiskTrigger[] = ['personal-liberty', 'life-health', 'major-property'];
export const issuers: CertificateIssuer[] = ['provincial', 'ministry', 'recorded'];

/** Columns of a published list, as they stand on paper. */
export const tableColumns = [
  'categories',
  'matter',
  'steps',
  'activities',
  'place',
  'mediaKinds',
  'recordedBy',
  'startTrigger',
  'content',
  'endTrigger',
  'recordClass',
  'timeLimit',
  'retention',
  'level',
] as const satisfies DutyColumn[];

/** Columns that are plain text, with the longest the gateway takes. */
export const textColumns = {
  matter: 200,
  place: 300,
  recordedBy: 200,
  startTrigger: 300,
  content: 1000,
  endTrigger: 300,
  recordClass: 100,
  note: 1000,
} as const satisfies Partial<Record<keyof DutyItem, number>>;
export type TextColumn = keyof typeof textColumns;
