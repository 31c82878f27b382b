import { type Static, Type } from '@docket/device-protocol/schema';
import { nullable, oneOf } from './terms.ts';

export const Scope = oneOf(
  ['read', 'media', 'operate', 'approve', 'deliver'],
  'read: slots, clips, cases, custody, health. media: footage and thumbnails. operate: what an operator changes. approve: the word of a second person, and legal review. deliver: facts sent by case systems.',
);
export type Scope = Static<typeof Scope>;

/** Who is asking. On the loopback address without tokens this is the local operator. */
export const Session = Type.Object({
  authenticated: Type.Boolean(),
  name: nullable(Type.String()),
  scopes: Type.Array(Scope),
});
export type Session = Static<typeof Session>;

/** A browser cannot send a bearer token with a video or an event stream: it trades it for a cookie. */
export const SessionRequest = Type.Object({ token: Type.String({ minLength: 1, maxLength: 512 }) });
