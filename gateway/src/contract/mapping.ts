import { type Static, Type } from '@docket/device-protocol/schema';
import { ActivityKind, CaseStep, FactsId } from './case.ts';
import { Clip } from './clip.ts';
import { Identifier, Instant, nullable, oneOf, person, reason } from './terms.ts';

export const LinkSource = oneOf(
  ['interval', 'qr', 'mark', 'live', 'manual'],
  'What a link rests on: officer and time; a code shown to the camera; a mark; a live session; a person.',
);
export type LinkSource = Static<typeof LinkSource>;

export const LinkConfidence = oneOf(
  ['certain', 'strong', 'assumed'],
  '`certain`: a person or a code; `strong`: proven times; `assumed`: times that nothing speaks against.',
);
export type LinkConfidence = Static<typeof LinkConfidence>;

export const MappingState = oneOf(
  ['linked', 'queued', 'set-aside'],
  '`queued`: waits for a person, whatever it is linked to already; `set-aside`: a person said it belongs to no case.',
);
export type MappingState = Static<typeof MappingState>;

export const QueueReason = oneOf(
  [
    'time-unknown',
    'time-doubtful',
    'time-assumed',
    'officer-unnamed',
    'officer-unknown',
    'officer-ambiguous',
    'officers-disagree',
    'recorder-changed-hands',
    'recorder-not-issued',
    'no-activity',
    'activity-without-times',
    'overlap-within-doubt',
    'activities-overlap',
    'code-unknown',
    'codes-disagree',
    'code-against-officer',
    'code-against-time',
    'live-against-officer',
    'live-against-time',
    'contradicts-person',
    'unlinked-by-person',
    'follows-clip',
    'sidecar-alone',
  ],
  'Why a clip waits for a person; docs/mapping.md tells each.',
);
export type QueueReason = Static<typeof QueueReason>;

export const SuggestionGround = oneOf(
  ['code', 'live', 'overlaps', 'may-overlap', 'near', 'officer', 'without-times'],
  'What speaks for it.',
);
export type SuggestionGround = Static<typeof SuggestionGround>;

/** A case, and perhaps an activity of it, as people know them. */
const target = {
  caseId: FactsId,
  caseNumber: nullable(Type.String()),
  caseName: nullable(Type.String({ description: 'null: no case system has told of the case yet.' })),
  activityId: nullable(FactsId),
  activityKind: nullable(ActivityKind),
  step: nullable(CaseStep),
  place: nullable(Type.String()),
  startedAt: nullable(Instant),
  endedAt: nullable(Instant),
};

export const LinkSuggestion = Type.Object({
  ...target,
  grounds: Type.Array(SuggestionGround),
  apartMs: nullable(
    Type.Number({ description: 'How far the recording lies from the activity at least; null: not known.' }),
  ),
});
export type LinkSuggestion = Static<typeof LinkSuggestion>;

const said = {
  sequence: Type.Integer({ description: 'Its place among all entries on links of this dock.' }),
  source: LinkSource,
  confidence: LinkConfidence,
  actor: Type.String({ description: '`gateway`, or `operator:` and who.' }),
  reason: Type.String({ description: '`rules` and `follows-clip` where the gateway links by itself.' }),
  at: Instant,
};

export const ClipLink = Type.Object({ ...target, ...said });
export type ClipLink = Static<typeof ClipLink>;

export const LinkEntry = Type.Object(
  {
    ...target,
    caseId: nullable(FactsId),
    ...said,
    act: oneOf(['linked', 'unlinked', 'set-aside']),
    supersedes: nullable(Type.Integer({ description: 'The entry it ends or takes the place of.' })),
  },
  { description: 'One word on where a clip belongs. Entries are never changed.' },
);
export type LinkEntry = Static<typeof LinkEntry>;

/** Where a clip stands, and what there is to choose from. */
const standing = {
  state: nullable(MappingState),
  reasons: Type.Array(QueueReason),
  officer: nullable(Type.Object({ officerId: FactsId, name: Type.String() })),
  decidedBy: nullable(
    oneOf(['rules', 'person'], '`person`: what a person said stands until a person changes it.'),
  ),
  links: Type.Array(ClipLink),
  suggestions: Type.Array(LinkSuggestion, { description: 'Best first.' }),
};

export const ShownCode = Type.Object({
  atMs: Type.Integer({ description: 'How far into the clip.' }),
  kind: oneOf(['activity', 'case']),
  id: Type.String(),
  readAt: Instant,
});
export type ShownCode = Static<typeof ShownCode>;

export const ClipLinks = Type.Object({
  clipId: Identifier,
  ...standing,
  codes: Type.Array(ShownCode),
  history: Type.Array(LinkEntry, { description: 'Newest first, 500 at most.' }),
});
export type ClipLinks = Static<typeof ClipLinks>;

export const QueueEntry = Type.Object({ clip: Clip, ...standing });
export type QueueEntry = Static<typeof QueueEntry>;

export const QueueQuery = Type.Object({
  reason: Type.Optional(QueueReason),
  officerId: Type.Optional(FactsId),
  recorderId: Type.Optional(Identifier),
  dockingId: Type.Optional(Identifier),
  recordedFrom: Type.Optional(Instant),
  recordedTo: Type.Optional(Instant),
  marked: Type.Optional(Type.Boolean()),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
});
export type QueueQuery = Static<typeof QueueQuery>;

export const QueuePage = Type.Object({
  entries: Type.Array(QueueEntry),
  total: Type.Integer({ description: 'Clips that fit the filter, on all pages.' }),
  byReason: Type.Array(Type.Object({ reason: QueueReason, clips: Type.Integer() })),
  nextCursor: nullable(Type.String()),
});
export type QueuePage = Static<typeof QueuePage>;

const clipIds = Type.Array(Identifier, { minItems: 1, maxItems: 500, uniqueItems: true });

export const LinkRequest = Type.Object(
  {
    clipIds,
    targets: Type.Array(
      Type.Union([
        Type.Object({ activityId: FactsId }, { additionalProperties: false }),
        Type.Object(
          { caseId: FactsId, step: Type.Optional(nullable(CaseStep)) },
          { additionalProperties: false },
        ),
      ]),
      {
        minItems: 1,
        maxItems: 20,
        description: 'Where the clips belong, and nowhere else: other links of theirs end.',
      },
    ),
    reason,
    person,
  },
  { additionalProperties: false },
);
export type LinkRequest = Static<typeof LinkRequest>;

export const UnlinkRequest = Type.Object(
  {
    clipIds,
    caseId: Type.Optional(FactsId),
    activityId: Type.Optional(FactsId),
    reason,
    person,
  },
  {
    additionalProperties: false,
    description: 'Ends the links to this case or activity; to all where none is named.',
  },
);
export type UnlinkRequest = Static<typeof UnlinkRequest>;

export const MappingActRequest = Type.Object({ clipIds, reason, person }, { additionalProperties: false });
export type MappingActRequest = Static<typeof MappingActRequest>;

/** What a printed code says, and what is printed beside it. */
export const PrintedCode = Type.Object({
  kind: oneOf(['activity', 'case']),
  id: FactsId,
  text: Type.String({ description: 'What the code says: `DOCKET:1:…`; docs/mapping.md tells its form.' }),
  ...target,
});
export type PrintedCode = Static<typeof PrintedCode>;

export const CodeSheetQuery = Type.Object({
  caseId: Type.Optional(FactsId),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
});
export type CodeSheetQuery = Static<typeof CodeSheetQuery>;

export const CodeSheet = Type.Object({ codes: Type.Array(PrintedCode) });
export type CodeSheet = Static<typeof CodeSheet>;
