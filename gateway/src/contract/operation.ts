import { type Static, Type } from '@docket/device-protocol/schema';
import { CaseStep, FactsId } from './case.ts';
import { Identifier, Instant, nullable, oneOf, person, reason, saying } from './terms.ts';

export const BookmarkKind = oneOf(
  ['credentials-shown', 'rights-told', 'inspection-begun', 'inspection-ended', 'note'],
  'Credentials shown (出示证件), rights told (告知权利), inspection begun (开始检查) or ended (结束检查), or what the text says.',
);
export type BookmarkKind = Static<typeof BookmarkKind>;

export const Operation = Type.Object(
  {
    operationId: Identifier,
    title: Type.String(),
    caseId: nullable(FactsId),
    caseNumber: nullable(Type.String()),
    caseName: nullable(Type.String()),
    activityId: nullable(FactsId),
    step: nullable(CaseStep),
    place: nullable(Type.String()),
    officers: Type.Array(
      Type.Object({
        officerId: FactsId,
        name: nullable(Type.String({ description: 'Null: no system has told of this officer.' })),
      }),
    ),
    openedAt: Instant,
    openedBy: Type.String(),
    closedAt: nullable(Instant),
    closedBy: nullable(Type.String()),
    recorderIds: Type.Array(Identifier, { description: 'Recorders that take part now.' }),
    bookmarks: Type.Integer({ description: 'Bookmarks that are not struck out.' }),
  },
  { description: 'An on-site operation (现场执法行动).' },
);
export type Operation = Static<typeof Operation>;

export const OperationPart = Type.Object(
  {
    recorderId: Identifier,
    recorderSerialNumber: nullable(Type.String()),
    officerId: nullable(FactsId),
    officerName: nullable(Type.String()),
    joinedAt: Instant,
    leftAt: nullable(Instant),
  },
  { description: 'A recorder’s part in an operation, and who wore it; one that left and came back has two.' },
);
export type OperationPart = Static<typeof OperationPart>;

export const Bookmark = Type.Object({
  bookmarkId: Identifier,
  operationId: Identifier,
  kind: BookmarkKind,
  text: nullable(Type.String()),
  at: Type.String({ format: 'date-time', description: 'The moment that is marked, by the dock’s clock.' }),
  recorderId: nullable(
    Type.String({ description: 'The recorder that shows it; null: all of the operation.' }),
  ),
  madeBy: Type.String(),
  madeAt: Instant,
  struck: nullable(
    Type.Object(
      { by: Type.String(), at: Instant, reason: Type.String() },
      { description: 'Struck out as wrong; it stays to be seen.' },
    ),
  ),
});
export type Bookmark = Static<typeof Bookmark>;

export const OperationFile = Type.Object({
  operation: Operation,
  parts: Type.Array(OperationPart, { description: 'In the order in which recorders joined.' }),
  bookmarks: Type.Array(Bookmark, { description: 'In the order of their moments.' }),
});
export type OperationFile = Static<typeof OperationFile>;

export const OperationQuery = Type.Object({
  open: Type.Optional(Type.Boolean({ description: 'Only those that go on, or only those that are closed.' })),
  caseId: Type.Optional(FactsId),
  recorderId: Type.Optional(Identifier),
  text: Type.Optional(Type.String({ maxLength: 100, description: 'Part of the title or the place.' })),
});
export type OperationQuery = Static<typeof OperationQuery>;

export const OperationPage = Type.Object({
  operations: Type.Array(Operation),
  nextCursor: nullable(Type.String()),
});
export type OperationPage = Static<typeof OperationPage>;

const about = {
  caseId: Type.Optional(nullable(FactsId)),
  activityId: Type.Optional(nullable(FactsId)),
  step: Type.Optional(nullable(CaseStep)),
};

const joining = {
  recorderId: Identifier,
  officerId: Type.Optional(nullable(FactsId)),
};

export const OperationRequest = Type.Object(
  {
    title: saying(200, 'What it is called.'),
    place: Type.Optional(nullable(saying(200, 'Where it is.'))),
    officerIds: Type.Optional(Type.Array(FactsId, { maxItems: 64 })),
    recorders: Type.Optional(
      Type.Array(Type.Object(joining, { additionalProperties: false }), {
        maxItems: 64,
        description: 'Recorders that take part from the beginning, each with the officer who wears it.',
      }),
    ),
    ...about,
    person,
  },
  {
    additionalProperties: false,
    description: 'A case or activity that is not told yet is said later, by `relate`.',
  },
);
export type OperationRequest = Static<typeof OperationRequest>;

export const OperationRelateRequest = Type.Object({ ...about, person }, { additionalProperties: false });
export type OperationRelateRequest = Static<typeof OperationRelateRequest>;

export const OperationJoinRequest = Type.Object({ ...joining, person }, { additionalProperties: false });
export type OperationJoinRequest = Static<typeof OperationJoinRequest>;

export const OperationLeaveRequest = Type.Object(
  { recorderId: Identifier, person },
  { additionalProperties: false },
);
export type OperationLeaveRequest = Static<typeof OperationLeaveRequest>;

export const OperationCloseRequest = Type.Object({ person }, { additionalProperties: false });
export type OperationCloseRequest = Static<typeof OperationCloseRequest>;

export const BookmarkRequest = Type.Object(
  {
    kind: BookmarkKind,
    text: Type.Optional(nullable(saying(500, 'In words; a note wants it.'))),
    at: Type.Optional(
      Type.String({ format: 'date-time', description: 'A moment that is past; left out: now.' }),
    ),
    recorderId: Type.Optional(nullable(Identifier)),
    person,
  },
  { additionalProperties: false },
);
export type BookmarkRequest = Static<typeof BookmarkRequest>;

export const BookmarkStrikeRequest = Type.Object({ reason, person }, { additionalProperties: false });
export type BookmarkStrikeRequest = Static<typeof BookmarkStrikeRequest>;

export const ClipBookmark = Type.Object(
  {
    ...Bookmark.properties,
    positionMs: Type.Integer({ description: 'How far into the clip the marked moment lies.' }),
    doubtMs: nullable(
      Type.Integer({ description: 'By how much that may be wrong; null while the clip is being recorded.' }),
    ),
  },
  { description: 'A bookmark with its place in a clip.' },
);
export type ClipBookmark = Static<typeof ClipBookmark>;
