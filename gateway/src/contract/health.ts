import { type Static, Type } from '@docket/device-protocol/schema';
import { ArchiveTargetState } from './archive.ts';
import { Instant, nullable, oneOf } from './terms.ts';

export const ComponentHealth = Type.Object({
  name: Type.String(),
  state: oneOf(['ok', 'degraded', 'failed']),
  detail: nullable(Type.String()),
});

export const Health = Type.Object({
  state: oneOf(['ok', 'degraded', 'failed']),
  version: Type.String(),
  startedAt: Instant,
  now: Instant,
  store: Type.Object({
    freeBytes: Type.Integer(),
    totalBytes: Type.Integer(),
    clips: Type.Integer(),
    quarantined: Type.Integer(),
  }),
  archive: Type.Object({
    target: Type.String(),
    waitingClips: Type.Integer(),
    waitingBytes: Type.Integer(),
    lastReceiptAt: nullable(Instant),
    lastError: nullable(Type.String()),
    targets: Type.Array(
      Type.Object({
        name: Type.String(),
        state: ArchiveTargetState,
        since: nullable(Instant),
        deadClips: Type.Integer({ description: 'Given up until a person has them sent again.' }),
        predictedMisses: Type.Integer({ description: 'Clips that will miss their deadline.' }),
        isProbeFailed: Type.Boolean(),
      }),
    ),
    failedFeeds: Type.Array(Type.String(), {
      description: 'Feeds of index records that do not get through.',
    }),
  }),
  deadlines: Type.Object(
    {
      dueSoon: Type.Integer({ description: 'Not done, and ending within 24 hours.' }),
      missedLately: Type.Integer({ description: 'Not done, and ended in the last 30 days.' }),
    },
    {
      description:
        'Deadlines of cases that press. They are the work of people: the gateway is no worse for them.',
    },
  ),
  releasePolicy: oneOf(['never', 'after-receipt']),
  components: Type.Array(ComponentHealth),
});
export type Health = Static<typeof Health>;
