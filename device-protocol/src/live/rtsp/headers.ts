import { RtspProtocolError } from './protocol-error.ts';

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not stand in a header.
const control = /[\x00-\x08\x0a-\x1f\x7f]/u;

/** Whether this can be a header: a name that is a token, a value on one line. */
export function isHeader(name: string, value: string): boolean {
  return token.test(name) && !control.test(value);
}

/** Headers of one message: names in any case, order and repetitions kept (RFC 2326 §15, RFC 2616 §4.2). */
export class RtspHeaders implements Iterable<readonly [name: string, value: string]> {
  readonly #lines: [name: string, value: string][] = [];

  constructor(lines: Iterable<readonly [name: string, value: string]> = []) {
    for (const [name, value] of lines) this.add(name, value);
  }

  /** The first value, or `null`. */
  get(name: string): string | null {
    const wanted = name.toLowerCase();
    return this.#lines.find(([one]) => one.toLowerCase() === wanted)?.[1] ?? null;
  }

  all(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.#lines.filter(([one]) => one.toLowerCase() === wanted).map(([, value]) => value);
  }

  /** Throws RtspProtocolError where a name or value could not stand on one line: nothing may be smuggled in. */
  add(name: string, value: string): void {
    if (!token.test(name)) throw new RtspProtocolError('a header has an impossible name');
    if (control.test(value)) throw new RtspProtocolError(`header ${name} holds control characters`);
    this.#lines.push([name, value.trim()]);
  }

  set(name: string, value: string): void {
    const wanted = name.toLowerCase();
    const others = this.#lines.filter(([one]) => one.toLowerCase() !== wanted);
    this.#lines.splice(0, this.#lines.length, ...others);
    this.add(name, value);
  }

  [Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    return this.#lines[Symbol.iterator]();
  }
}
