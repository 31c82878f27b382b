import { type Static, Type } from 'typebox';
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
  }),
  releasePolicy: oneOf(['never', 'after-receipt']),
  components: Type.Array(ComponentHealth),
});
export type Health = Static<typeof Health>;
