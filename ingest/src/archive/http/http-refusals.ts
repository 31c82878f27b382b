import type { IncomingHttpHeaders } from 'node:http';
import { ArchiveRefusal, type ArchiveRefusalCode } from '../archive-refusal.ts';

/**
 * What an answer that is no success means. 404 and 410 stand here as they are said of an upload; documents and deposits that
 * are not there are no refusal. 412 is the tus version that does not fit: nothing is asked with a condition.
 */
const byStatus: { readonly [status: number]: ArchiveRefusalCode } = {
  400: 'malformed',
  401: 'denied',
  402: 'full',
  403: 'denied',
  404: 'session-lost',
  408: 'busy',
  409: 'conflict',
  410: 'session-lost',
  412: 'malformed',
  413: 'malformed',
  423: 'conflict',
  429: 'busy',
  460: 'bytes-damaged',
  500: 'failed',
  502: 'unreachable',
  503: 'busy',
  504: 'unreachable',
  507: 'full',
};

/** Problems (RFC 9457) whose code says more than their status. */
const byProblem: { readonly [code: string]: ArchiveRefusalCode } = {
  'object-damaged': 'holds-other-bytes',
  'content-differs': 'bytes-damaged',
  'quota-exceeded': 'full',
};

export interface AnswerHead {
  status: number;
  headers: IncomingHttpHeaders;
}

/** What a service answered, whole. */
export interface Answer extends AnswerHead {
  body: Buffer;
}

export function refusalOf(archive: string, what: string, answer: Answer): ArchiveRefusal {
  const { status } = answer;
  const problem = problemOf(answer);
  const code = byProblem[problem?.code ?? ''] ?? byStatus[status] ?? (status >= 500 ? 'failed' : 'malformed');
  const said = problem?.text ?? '';
  const retryAfterMs = retryAfterOf(answer.headers['retry-after'], Date.now());
  return new ArchiveRefusal(code, `archive ${archive}: ${what}: ${status}${said === '' ? '' : ` ${said}`}`, {
    status,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  });
}

const longestWaitMs = 24 * 3_600_000;

/** `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), at most a day. */
export function retryAfterOf(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  const waitMs = /^\d{1,9}$/u.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), longestWaitMs);
}

const longestShown = 200;

/** Code and words of a problem, without anything a log line should not hold. */
export function problemOf({ headers, body }: Answer): { code: string; text: string } | null {
  if (!/^application\/(?:problem\+)?json\b/u.test(headers['content-type'] ?? '')) return null;
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value !== 'object' || value === null) return null;
    const { code, detail, title } = value as Record<string, unknown>;
    const words = typeof detail === 'string' ? detail : typeof title === 'string' ? title : '';
    const text = words.replace(/[^\P{C} ]/gu, ' ').slice(0, longestShown);
    return { code: typeof code === 'string' ? code : '', text };
  } catch {
    return null;
  }
}
