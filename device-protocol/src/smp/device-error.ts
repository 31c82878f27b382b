import { Compile, type Static, Type } from '../schema.ts';
import { groups } from './messages/index.ts';

/** Codes SMP itself reports as `rc` (mcumgr_err_t). */
export const smpErrors = {
  1: 'unknown error',
  2: 'out of memory',
  3: 'invalid value',
  4: 'timed out',
  5: 'no such entry',
  6: 'not in a state to do that',
  7: 'the answer does not fit',
  8: 'not supported',
  9: 'the data is corrupt',
  10: 'busy',
  11: 'access denied',
  12: 'protocol version too old',
  13: 'protocol version too new',
} as const;

/** `rc` of SMP itself, or one of a group (`err`, SMP version 2). */
const ErrorBody = Type.Object({
  rc: Type.Optional(Type.Integer()),
  err: Type.Optional(Type.Object({ group: Type.Integer({ minimum: 0 }), rc: Type.Integer({ minimum: 0 }) })),
});
const errorBody = Compile(ErrorBody);

export const smpErrorNumbers = {
  unknown: 1,
  invalidValue: 3,
  notFound: 5,
  badState: 6,
  notSupported: 8,
} as const;

/** The recorder understood a request and refused it. `group` is `null` for an error of SMP itself. */
export class DeviceError extends Error {
  readonly group: number | null;
  readonly rc: number;

  constructor(request: string, group: number | null, rc: number) {
    super(`${request}: ${describe(group, rc)}`);
    this.name = 'DeviceError';
    this.group = group;
    this.rc = rc;
  }

  get isNotSupported(): boolean {
    return this.group === null && this.rc === smpErrorNumbers.notSupported;
  }

  /** True for "no such entry", and for one of `codes` in `group`. */
  isNotFound(group: number, codes: readonly number[]): boolean {
    return this.group === null
      ? this.rc === smpErrorNumbers.notFound
      : this.group === group && codes.includes(this.rc);
  }
}

/** The error a decoded body carries, in either form; `null` where it carries none. */
export function deviceErrorIn(request: string, body: unknown): DeviceError | null {
  if (!errorBody.Check(body)) return null;
  const { rc, err }: Static<typeof ErrorBody> = body;
  if (err !== undefined && err.rc !== 0) return new DeviceError(request, err.group, err.rc);
  if (rc !== undefined && rc !== 0) return new DeviceError(request, null, rc);
  return null;
}

function describe(group: number | null, rc: number): string {
  const names: Readonly<Record<number, string>> =
    group === null ? smpErrors : (groups.find(({ id }) => id === group)?.errors ?? {});
  const where = group === null ? 'SMP' : `group ${group}`;
  return `${names[rc] ?? 'unnamed error'} (${where}, code ${rc})`;
}
