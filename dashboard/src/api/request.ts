import type { apiBase, Problem } from '@docket/gateway/contract';

/** Typed from the contract, written here, so that the contract's schemas stay out of the bundle. */
const base: typeof apiBase = '/api/v1';

export type QueryValue = string | number | boolean | undefined;

/** The gateway answered, and the answer was no. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
  }
}

/** The gateway did not answer. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('The gateway could not be reached', { cause });
    this.name = 'Unreachable';
  }
}

let unauthorizedListener: () => void = () => {};

/** Called whenever an answer is 401, whichever part of the page asked. */
export function onUnauthorized(listener: () => void): void {
  unauthorizedListener = listener;
}

export function apiUrl(path: string, query: Record<string, QueryValue> = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return `${base}${path}${text === '' ? '' : `?${text}`}`;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const body: Partial<Problem> = await response.json().catch(() => ({}));
  const title = body.detail ?? body.title ?? response.statusText;
  return new ApiProblem(response.status, body.code ?? 'unknown', title);
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
}

/** An answer that is not a problem, with its headers; throws ApiProblem or Unreachable. */
export async function requestAnswer(url: string, options: RequestOptions = {}): Promise<Response> {
  const init: RequestInit = {
    method: options.method ?? 'GET',
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { accept: 'application/json' },
  };
  if (options.signal) init.signal = options.signal;
  if (options.body !== undefined) {
    init.body = JSON.stringify(options.body);
    init.headers = { accept: 'application/json', 'content-type': 'application/json' };
  }
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    throw new Unreachable(cause);
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (response.status === 401) unauthorizedListener();
    throw problem;
  }
  return response;
}

export async function request<Answer>(url: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await requestAnswer(url, options);
  if (response.status === 204) return undefined as Answer;
  return (await response.json()) as Answer;
}
