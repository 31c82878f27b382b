import { type Static, Type } from '@docket/device-protocol/schema';
import { Identifier, Instant, nullable, oneOf } from './terms.ts';

export const MatchVerdict = oneOf(
  ['confirmed', 'superseded', 'live-only', 'docked-only', 'undecided'],
  'How what was sent live stands to what the docked recorder held. `confirmed`: an original holds the same coded pictures; `superseded`: an original surely covers the same time in another encoding; `live-only`: the recorder was listed whole afterwards and held nothing that can be this; `docked-only`: nothing was received although it was to be, and an original covers it; `undecided`: cannot be said yet, or at all.',
);
export type MatchVerdict = Static<typeof MatchVerdict>;

export const UndecidedReason = oneOf(
  [
    'not-docked',
    'being-compared',
    'not-comparable',
    'original-not-taken',
    'original-time-unproven',
    'original-unsound',
    'live-time-unproven',
    'within-doubt',
    'pause-between-files',
  ],
  'Why nothing is said.',
);
export type UndecidedReason = Static<typeof UndecidedReason>;

export const MatchEvidence = Type.Object(
  {
    kind: oneOf(
      ['pictures', 'times', 'place-by-pictures', 'listing', 'gap', 'operation', 'reason'],
      '`pictures`: equal coded pictures in order; `times`: proven times; `place-by-pictures`: equal pictures before or after it tell where the original lies; `listing`: the docking that found nothing; `gap`, `operation`: when footage was to be received; `reason`: why nothing is said.',
    ),
    pictures: Type.Optional(Type.Integer({ description: 'How many pictures are equal.' })),
    laterMs: Type.Optional(
      Type.Integer({
        description: 'By how much the segment shows them later than the original, from the start of each.',
      }),
    ),
    doubtMs: Type.Optional(Type.Integer({ description: 'How far that differs between the pictures.' })),
    dockingId: Type.Optional(Identifier),
    gapId: Type.Optional(Identifier),
    cause: Type.Optional(Type.String({ description: 'Why there is a gap.' })),
    operationId: Type.Optional(Identifier),
    reason: Type.Optional(UndecidedReason),
  },
  { description: 'What a verdict rests on.' },
);

const decided = {
  verdict: MatchVerdict,
  originalClipId: nullable(Identifier),
  from: Instant,
  to: Instant,
  offsetMs: nullable(
    Type.Integer({ description: 'From the start of the live segment; null where nothing was received.' }),
  ),
  evidence: MatchEvidence,
};

export const LiveMatch = Type.Object(
  {
    sessionId: Identifier,
    clipId: nullable(Identifier),
    ...decided,
    decidedAt: Instant,
  },
  { description: 'A verdict that stands on a stretch of a session. clipId: the live segment.' },
);
export type LiveMatch = Static<typeof LiveMatch>;

export const LiveMatchEntry = Type.Object(
  { clipId: nullable(Identifier), matches: Type.Array(Type.Object(decided)), at: Instant },
  { description: 'What was decided then. clipId null: of what only originals have.' },
);

export const SessionReconciliation = Type.Object(
  {
    sessionId: Identifier,
    recorderId: Identifier,
    matches: Type.Array(LiveMatch, {
      description: 'In the order of their time. Segments without any wait for the recorder to be docked.',
    }),
    comparisonsWaiting: Type.Integer({ description: 'Comparisons of pictures still to be done.' }),
    history: Type.Array(LiveMatchEntry, { description: 'Newest first, the latest thousand.' }),
  },
  { description: 'How a live session stands to the originals of its recorder.' },
);
export type SessionReconciliation = Static<typeof SessionReconciliation>;

export const ClipLiveMatches = Type.Object(
  { clipId: Identifier, matches: Type.Array(LiveMatch) },
  { description: 'Verdicts on one clip, be it a live segment or an original.' },
);
export type ClipLiveMatches = Static<typeof ClipLiveMatches>;
