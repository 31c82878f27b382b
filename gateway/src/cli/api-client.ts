import type { Static, TSchema } from '@docket/device-protocol/schema';
import { Value } from '@docket/device-protocol/schema';
import { apiBase, Problem } from '../contract/index.ts';
import type { CommandContext } from './command-context.ts';
import { UsageError } from './usage-error.ts';

/** The gateway could not be asked, or said no. The message says what to do. */
export class ClientError extends Error {
  /** Code of the problem that the gateway answered with; `null` where it did not. */
  readonly problem: string | null;

  constructor(message: string, cause?: unknown, problem: string | null = null) {
    super(message, { cause });
    this.name = 'ClientError';
    this.problem = problem;
  }
}

export const defaultUrl = 'http://127.0.0.1:8686';

/** Asks a running gateway over its public API. */
export class ApiClient {
  readonly #context: CommandContext;
  readonly #url: string;

  /** `url` is what the flag gave; DOCKET_URL and the default address stand in for it. Throws UsageError. */
  constructor(context: CommandContext, url: string | undefined) {
    this.#context = context;
    const given = url ?? (context.environment.DOCKET_URL || defaultUrl);
    if (!/^https?:\/\//u.test(given) || !URL.canParse(given)) {
      throw new UsageError(context.messages.usage.wrongValue('--url', context.messages.usage.webAddress));
    }
    this.#url = given.replace(/\/+$/u, '');
  }

  /** Reads a resource and checks that it is what the contract says. Throws ClientError. */
  read<Schema extends TSchema>(path: string, schema: Schema): Promise<Static<Schema>> {
    return this.#exchange('GET', path, undefined, schema);
  }

  /** Has the gateway change something, and checks its answer. Throws ClientError. */
  send<Schema extends TSchema>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: unknown,
    schema: Schema,
  ): Promise<Static<Schema>> {
    return this.#exchange(method, path, body, schema);
  }

  /** Fetches bytes as they are. Throws ClientError. */
  async download(path: string): Promise<{ bytes: Buffer; headers: Headers }> {
    const response = await this.#ask('GET', path, undefined);
    if (!response.ok) throw this.#refusal(response, await response.json().catch(() => null));
    return { bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
  }

  async #exchange<Schema extends TSchema>(
    method: string,
    path: string,
    content: unknown,
    schema: Schema,
  ): Promise<Static<Schema>> {
    const { client } = this.#context.messages;
    const response = await this.#ask(method, path, content);
    const body: unknown = await response.json().catch(() => null);
    if (!response.ok) throw this.#refusal(response, body);
    if (!Value.Check(schema, body)) throw new ClientError(client.strange(this.#url));
    return body;
  }

  #refusal(response: Response, body: unknown): ClientError {
    const { client } = this.#context.messages;
    if (response.status === 401) return new ClientError(client.notAuthenticated);
    const isProblem = Value.Check(Problem, body);
    const title = isProblem ? (body.detail ?? body.title) : response.statusText;
    return new ClientError(client.refused(response.status, title), undefined, isProblem ? body.code : null);
  }

  async #ask(method: string, path: string, content: unknown): Promise<Response> {
    const token = this.#context.environment.DOCKET_TOKEN;
    const headers: Record<string, string> = { accept: 'application/json' };
    if (token) headers.authorization = `Bearer ${token}`;
    const init: RequestInit = { method, headers, redirect: 'error' };
    if (content !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(content);
    }
    try {
      return await fetch(`${this.#url}${apiBase}${path}`, init);
    } catch (error) {
      throw new ClientError(this.#context.messages.client.notRunning(this.#url), error);
    }
  }
}
