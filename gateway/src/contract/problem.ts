import { type Static, Type } from '@docket/device-protocol/schema';

/** Error answers follow RFC 9457 (application/problem+json). */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  code: Type.String({ description: 'Stable code for programs and translations.' }),
});
export type Problem = Static<typeof Problem>;
