import { type TSchema, Type } from '@docket/device-protocol/schema';
import { Problem } from '../contract/index.ts';

const problemAnswer = {
  description: 'What went wrong, as RFC 9457 problem details',
  content: { 'application/problem+json': { schema: Problem } },
};

/** The answers of a route that gives one JSON body: that body, or a problem. */
export function answers<Schema extends TSchema>(schema: Schema, description: string): { 200: Schema } {
  const body = { description, content: { 'application/json': { schema } } };
  return { 200: body, '4xx': problemAnswer, '5xx': problemAnswer } as unknown as { 200: Schema };
}

/** The answers of a route that streams bytes, by status. */
export function byteAnswers(
  descriptions: Record<number, string>,
  contentType: string,
): Record<string, unknown> {
  const schema = Type.Unsafe<unknown>({ type: 'string', format: 'binary' });
  const streams = Object.entries(descriptions).map(([status, description]) => [
    status,
    { description, content: { [contentType]: { schema } } },
  ]);
  return { ...Object.fromEntries(streams), '4xx': problemAnswer, '5xx': problemAnswer };
}

/** The answers of a route that says no more than that it is done. */
export function emptyAnswers(description: string): Record<string, unknown> {
  return { 204: { description, type: 'null' }, '4xx': problemAnswer, '5xx': problemAnswer };
}
