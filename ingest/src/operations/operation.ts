import type { CaseStep } from '../cases/case-terms.ts';

/**
 * What a bookmark marks. `credentials-shown`: 出示证件; `rights-told`: 告知权利; `inspection-begun`: 开始检查;
 * `inspection-ended`: 结束检查; `note`: what its text says.
 */
export const bookmarkKinds = [
  'credentials-shown',
  'rights-told',
  'inspection-begun',
  'inspection-ended',
  'note',
] as const;
export type BookmarkKind = (typeof bookmarkKinds)[number];

/** What an operation is for, as a person says. A case or activity that is not told yet may be said later. */
export interface OperationSubject {
  caseId: string | null;
  activityId: string | null;
  step: CaseStep | null;
}

/** An on-site operation (现场执法行动). */
export interface Operation extends OperationSubject {
  operationId: string;
  title: string;
  place: string | null;
  officerIds: string[];
  openedAt: string;
  openedBy: string;
  closedAt: string | null;
  closedBy: string | null;
  /** Recorders that take part now. */
  recorderIds: string[];
  /** Bookmarks that are not struck out. */
  bookmarks: number;
}

/** A recorder's part in an operation; one that left and came back has two. */
export interface OperationPart {
  operationId: string;
  recorderId: string;
  /** Who wears it; `null`: the ledger may tell. */
  officerId: string | null;
  joinedAt: string;
  leftAt: string | null;
}

/** A moment of an operation that somebody marked. Never changed; a wrong one is struck out and stays to be seen. */
export interface Bookmark {
  bookmarkId: string;
  operationId: string;
  kind: BookmarkKind;
  text: string | null;
  /** The moment that is marked, by the dock's clock. */
  at: string;
  /** The recorder that shows it; `null`: all of the operation. */
  recorderId: string | null;
  madeBy: string;
  madeAt: string;
  struck: { by: string; at: string; reason: string } | null;
}

/** An operation with all that was said of it. */
export interface OperationFile {
  operation: Operation;
  /** In the order in which recorders joined. */
  parts: OperationPart[];
  /** In the order of their moments. */
  bookmarks: Bookmark[];
}
