import type { ActivityFacts, CaseFacts, OfficerFacts } from '../cases/case-record.ts';
import type { CaseStep } from '../cases/case-terms.ts';
import type { ClipState } from '../clip/clip-states.ts';
import type { CoverageState, Judgement, PersonConcern } from '../coverage/judgement.ts';
import type { DeadlineKind, DeadlineState } from '../deadlines/deadline.ts';
import type { LinkConfidence, LinkSource } from '../mapping/clip-link.ts';
import type { Bookmark, Operation, OperationPart } from '../operations/operation.ts';
import type { ClipInstant, TimeDoubt } from '../time/clip-time.ts';
import type { OpenQuestion, Readiness } from './open-question.ts';

/** A case as it is laid before legal review (法制审核). Its canonical JSON is what is hashed, kept and handed out. */
export interface ReviewPacket {
  v: 1;
  madeAt: string;
  madeBy: string;
  /** The custody log as it stood when the packet was made: entries, and the root of their tree. */
  custodyHead: { size: number; rootHash: string };
  content: ReviewContent;
}

/** What a packet tells of its case; the same facts give the same content. */
export interface ReviewContent {
  case: CaseFacts;
  isCaseWithdrawn: boolean;
  unitName: string | null;
  dutyLists: PacketDutyList[];
  steps: PacketStep[];
  activities: PacketActivity[];
  footage: PacketClip[];
  people: PacketOfficer[];
  deadlines: PacketDeadline[];
  /** Left out of packets made before there were operations. */
  operations?: PacketOperation[];
  questions: OpenQuestion[];
  readiness: Readiness;
}

/** A version of 《音像记录事项清单》 by which something was judged. */
export interface PacketDutyList {
  departmentId: string;
  version: number;
  name: string | null;
  sha256: string;
}

export interface PacketStep {
  step: CaseStep;
  /** How many activities of the step stand how; an activity that was not judged is in none. */
  states: Partial<Record<CoverageState, number>>;
  activities: number;
  gapMs: number | null;
}

export interface PacketActivity {
  facts: ActivityFacts;
  judgement: Judgement | null;
}

export interface PacketLink {
  /** Names the entry on links. */
  sequence: number;
  activityId: string | null;
  step: CaseStep | null;
  source: LinkSource;
  confidence: LinkConfidence;
  actor: string;
  at: string;
}

export interface PacketClip {
  clipId: string;
  name: string;
  kind: string;
  sizeBytes: number;
  sha256: string | null;
  state: ClipState;
  isMarked: boolean;
  /** `null` where the clip is not sealed. */
  start: ClipInstant | null;
  end: ClipInstant | null;
  doubts: TimeDoubt[];
  recorderId: string;
  recorderSerialNumber: string | null;
  wearerId: string | null;
  links: PacketLink[];
  /** Places in the custody log: where the clip was sealed, and the newest entry on it. */
  custody: { sealed: number | null; newest: number | null };
  receipts: { target: string; sha256: string; storedAt: string; issuedBy: string }[];
  quarantine: string | null;
}

export interface PacketOfficer {
  officerId: string;
  /** `null`: no system has told of this officer. */
  facts: OfficerFacts | null;
  unitName: string | null;
  activityIds: string[];
  concerns: PersonConcern[];
}

/** A time limit, as it stood when the packet was made. */
export interface PacketDeadline {
  kind: DeadlineKind;
  /** `null`: about the whole case. */
  activityId: string | null;
  dueAt: string;
  metAt: string | null;
  state: DeadlineState;
}

/** An on-site operation of the case. */
export interface PacketOperation
  extends Pick<
    Operation,
    | 'operationId'
    | 'title'
    | 'activityId'
    | 'step'
    | 'place'
    | 'openedAt'
    | 'openedBy'
    | 'closedAt'
    | 'closedBy'
  > {
  recorders: Omit<OperationPart, 'operationId'>[];
  bookmarks: PacketBookmark[];
}

/** A moment that was marked during an operation, and where the footage of the case may show it. */
export interface PacketBookmark extends Omit<Bookmark, 'bookmarkId' | 'operationId'> {
  clips: { clipId: string; positionMs: number; doubtMs: number | null }[];
}
