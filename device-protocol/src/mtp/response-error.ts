import { responseNames, responses } from './codes.ts';

/** The recorder understood an operation and refused it. */
export class ResponseError extends Error {
  readonly response: number;

  constructor(operation: string, response: number) {
    const name = responseNames[response] ?? 'unnamed response';
    super(`${operation}: ${name} (0x${response.toString(16)})`);
    this.name = 'ResponseError';
    this.response = response;
  }

  /** True where this recorder does not have the operation, or not with these parameters. */
  get isNotSupported(): boolean {
    return notSupportedResponses.has(this.response);
  }
}

const notSupportedResponses: ReadonlySet<number> = new Set([
  responses.operationNotSupported,
  responses.parameterNotSupported,
  responses.devicePropertyNotSupported,
]);

export function isResponse(error: unknown, ...codes: readonly number[]): error is ResponseError {
  return error instanceof ResponseError && codes.includes(error.response);
}

/** `null` where the recorder refuses: it cannot do that, which is no fault. */
export async function orRefused<Answer>(request: Promise<Answer>): Promise<Answer | null> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ResponseError) return null;
    throw error;
  }
}
