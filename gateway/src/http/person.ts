import type { FastifyRequest } from 'fastify';
import { localOperator } from './doors/caller.ts';
import { HttpProblem } from './problem.ts';

/**
 * Who answers for an act that names a person: the holder of the token; where the dock has no tokens and somebody sits at
 * it, the person that the request names, who is then stated and not proven. Throws HttpProblem `person-missing`.
 */
export function personOf(request: FastifyRequest, stated: string | undefined): string {
  const { name } = request.caller;
  if (name !== null && name !== localOperator.name) return name;
  if (stated === undefined) throw new HttpProblem('person-missing');
  return `${localOperator.name}:${stated}`;
}

/** As `personOf`, for what must go with a tap: who sits at the dock may say a name, and need not. */
export function personAtTheDock(request: FastifyRequest, stated: string | undefined): string {
  return stated === undefined
    ? (request.caller.name ?? localOperator.name ?? 'unknown')
    : personOf(request, stated);
}
