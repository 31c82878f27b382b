import type { Session } from '@docket/gateway/contract';
import { reactive, readonly } from 'vue';
import { ApiProblem, onUnauthorized } from '../api/request.ts';
import { closeSession, openSession, readSession } from '../api/resources.ts';

/** `needed`: the gateway wants a token. `unreachable`: nobody answered when the page began. */
export type SessionPhase = 'checking' | 'needed' | 'open' | 'unreachable';

interface SessionState {
  phase: SessionPhase;
  session: Session | null;
  /** Only a session opened with a token on this screen can be closed again; the local operator has none. */
  openedByToken: boolean;
}

const tokenFlag = 'docket.session.by-token';

const state = reactive<SessionState>({
  phase: 'checking',
  session: null,
  openedByToken: localStorage.getItem(tokenFlag) === '1',
});

export const sessionState = readonly(state) as Readonly<SessionState>;

function settle(session: Session): void {
  state.session = session;
  state.phase = session.authenticated ? 'open' : 'needed';
}

function rememberToken(opened: boolean): void {
  state.openedByToken = opened;
  if (opened) localStorage.setItem(tokenFlag, '1');
  else localStorage.removeItem(tokenFlag);
}

onUnauthorized(() => {
  state.session = null;
  state.phase = 'needed';
  rememberToken(false);
});

export async function checkSession(): Promise<void> {
  try {
    settle(await readSession());
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 401)) state.phase = 'unreachable';
  }
}

export async function signIn(token: string): Promise<void> {
  settle(await openSession(token));
  rememberToken(true);
}

export async function signOut(): Promise<void> {
  await closeSession();
  rememberToken(false);
  state.session = null;
  state.phase = 'needed';
}

export function mayWatchMedia(): boolean {
  return state.session?.scopes.includes('media') ?? false;
}

export function mayOperate(): boolean {
  return state.session?.scopes.includes('operate') ?? false;
}

/** The word of a second person, and legal review. */
export function mayApprove(): boolean {
  return state.session?.scopes.includes('approve') ?? false;
}
