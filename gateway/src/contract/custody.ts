import { type Static, Type } from '@docket/device-protocol/schema';
import { Identifier, Instant, nullable } from './terms.ts';

export const CustodyEntry = Type.Object({
  sequence: Type.Integer({ description: 'Position in the custody log, from 0.' }),
  at: Instant,
  actor: Type.String({ description: 'Who did it: the gateway, or a person.' }),
  action: Type.String(),
  clipId: nullable(Identifier),
  dockingId: nullable(Identifier),
  recorderId: nullable(Identifier),
  entry: Type.String({
    description: 'The entry itself: canonical JSON (RFC 8785), exactly the bytes of the leaf.',
  }),
  leafHash: Type.String({ description: 'SHA-256(0x00 ‖ entry), RFC 9162 §2.1.1, hex.' }),
  rootHash: Type.String({ description: 'Root of the tree of all entries up to this one, hex.' }),
});
export type CustodyEntry = Static<typeof CustodyEntry>;

export const CustodyPage = Type.Object({
  entries: Type.Array(CustodyEntry),
  nextCursor: nullable(Type.String()),
});
export type CustodyPage = Static<typeof CustodyPage>;
