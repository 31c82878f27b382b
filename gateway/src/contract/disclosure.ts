import { type Static, Type } from '@docket/device-protocol/schema';
import { Instant, nullable, oneOf } from './terms.ts';

export const DisclosureKind = oneOf(['duty-list', 'officer-list', 'statistics', 'decision']);
export type DisclosureKind = Static<typeof DisclosureKind>;

export const DeliveryState = oneOf(
  ['waiting', 'delivered', 'superseded', 'dead'],
  '`superseded`: a newer word on the same subject is sent instead; `dead`: the receiver refused it for good.',
);
export type DeliveryState = Static<typeof DeliveryState>;

export const DisclosureDelivery = Type.Object({
  way: oneOf(['https', 'directory']),
  state: DeliveryState,
  attempts: Type.Integer(),
  nextAttemptAt: Instant,
  lastAttemptAt: nullable(Instant),
  lastStatus: nullable(Type.Integer({ description: 'HTTP status of the last answer.' })),
  lastError: nullable(Type.String()),
  deliveredAt: nullable(Instant),
});
export type DisclosureDelivery = Static<typeof DisclosureDelivery>;

const eventId = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Id of the CloudEvent.' });

export const DisclosureEvent = Type.Object({
  sequence: Type.Integer(),
  eventId,
  kind: DisclosureKind,
  subject: Type.String(),
  act: oneOf(['published', 'corrected', 'withdrawn']),
  replaces: nullable(eventId),
  content: Type.Unknown({ description: 'Exactly what the public is told.' }),
  at: Instant,
  deliveries: Type.Array(DisclosureDelivery),
});
export type DisclosureEvent = Static<typeof DisclosureEvent>;

export const DisclosureQuery = Type.Object({
  state: Type.Optional(DeliveryState),
  cursor: Type.Optional(Type.String({ maxLength: 200, description: '`nextCursor` of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
export type DisclosureQuery = Static<typeof DisclosureQuery>;

export const DisclosureOutboxPage = Type.Object({
  events: Type.Array(DisclosureEvent),
  counts: Type.Object({
    waiting: Type.Integer(),
    delivered: Type.Integer(),
    superseded: Type.Integer(),
    dead: Type.Integer(),
  }),
  nextCursor: nullable(Type.String()),
});
export type DisclosureOutboxPage = Static<typeof DisclosureOutboxPage>;

export const DisclosureKey = Type.Object({
  keyId: Type.String({ description: 'JWK thumbprint (RFC 7638); `keyid` of every signature.' }),
  algorithm: Type.Literal('ed25519'),
  publicKeyPem: Type.String(),
  jwk: Type.Object({ kty: Type.Literal('OKP'), crv: Type.Literal('Ed25519'), x: Type.String() }),
});
export type DisclosureKey = Static<typeof DisclosureKey>;
