import type { Scope, Session } from '../../contract/index.ts';

/** Who is asking. */
export interface Caller {
  /** `null`: nobody known. */
  name: string | null;
  scopes: readonly Scope[];
  /** Whether the caller may still be answered; an event stream outlives the request that opened it. */
  isWelcome(): boolean;
}

export const stranger: Caller = { name: null, scopes: [], isWelcome: () => true };

/** Whoever sits at the machine itself, where no tokens are set. */
export const localOperator: Caller = {
  name: 'local',
  scopes: ['read', 'media', 'operate', 'approve', 'deliver'],
  isWelcome: () => true,
};

export function sessionAnswer(caller: Caller): Session {
  return { authenticated: caller.name !== null, name: caller.name, scopes: [...caller.scopes] };
}
