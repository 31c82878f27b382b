import { Type } from '@docket/device-protocol/schema';

/** The page of a list: how many, and from where. */
export const pageQuery = {
  cursor: Type.Optional(Type.String({ maxLength: 200, description: '`nextCursor` of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
};
