import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Type } from '@docket/device-protocol/schema';
import { Calibration, SlotPlace } from '../contract/index.ts';
import { type ApiClient, ClientError } from './api-client.ts';
import type { CommandContext } from './command-context.ts';
import { printable } from './text-table.ts';

export interface Terminal {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
}

type Seen = NonNullable<Calibration['seen']>;

/** Between two looks at what was plugged in. */
const lookMs = 300;
const Places = Type.Object({ places: Type.Array(SlotPlace) });

/**
 * Names slots with a person at the terminal: each place that something is plugged into is asked about, an empty line
 * while nothing is asked ends. Calibration ends at the gateway too, also by Ctrl-C. Throws ClientError.
 */
export async function calibrateSlots(
  client: ApiClient,
  context: CommandContext,
  terminal: Terminal,
): Promise<void> {
  const words = context.messages.calibration;
  await client.send('POST', '/calibration', undefined, Calibration);
  const lines = new TypedLines(terminal);
  try {
    context.print(words.begun);
    let last: Seen | null = null;
    let suggested = '';
    for (;;) {
      context.print(words.plugIn);
      const seen = await nextSeen(client, last, lines);
      if (seen === null) break;
      last = seen;
      context.print(words.seen(seen.slot, printable(seen.place)));
      const given = await askLabel(client, context, lines, seen, seen.label ?? suggested);
      if (given === null) break;
      suggested = following(given);
    }
  } finally {
    lines.close();
    const { places } = await client.send('DELETE', '/calibration', undefined, Calibration);
    context.print(words.ended(places.length));
  }
}

/** Waits for what is plugged in after `last`; `null` where the person is done. */
async function nextSeen(client: ApiClient, last: Seen | null, lines: TypedLines): Promise<Seen | null> {
  for (;;) {
    const { active, seen } = await client.read('/calibration', Calibration);
    if (!active) return null;
    if (seen !== null && seen.at !== last?.at) return seen;
    const line = lines.typed();
    if (line !== undefined) {
      if (line === null || line.trim() === '') return null;
      continue;
    }
    await lines.typedWithin(lookMs);
  }
}

/** Asks until a label is taken; resolves with it, or `null` where the terminal was closed. */
async function askLabel(
  client: ApiClient,
  context: CommandContext,
  lines: TypedLines,
  seen: Seen,
  suggested: string,
): Promise<string | null> {
  const words = context.messages.calibration;
  for (;;) {
    const line = await lines.ask(words.ask(suggested));
    if (line === null) return null;
    const label = line.trim() || suggested;
    if (label === '') continue;
    try {
      await client.send('POST', '/places', { slot: seen.slot, label }, Places);
      context.print(words.labelled(seen.slot, label));
      return label;
    } catch (error) {
      if (!(error instanceof ClientError) || error.problem === null) throw error;
      context.complain(error.message);
    }
  }
}

/** A1, A2, …; empty where the label has no number to count on. */
function following(label: string): string {
  const [, head, figures, tail] = /^(.*?)(\d{1,9})(\D*)$/u.exec(label) ?? [];
  if (head === undefined || figures === undefined || tail === undefined) return '';
  return `${head}${String(Number(figures) + 1).padStart(figures.length, '0')}${tail}`;
}

/** Lines as they are typed; `null` once there are no more. */
class TypedLines {
  readonly #interface;
  readonly #output: NodeJS.WritableStream;
  readonly #waiting: (string | null)[] = [];
  #wake: () => void = () => {};

  constructor({ input, output }: Terminal) {
    this.#output = output;
    this.#interface = createInterface({ input });
    this.#interface.on('line', (line) => this.#add(line));
    this.#interface.on('close', () => this.#add(null));
    // Ctrl-C ends the asking, so that calibration is ended at the gateway too.
    process.once('SIGINT', this.#end);
  }

  readonly #end = () => this.#add(null);

  /** What was typed and not yet read; `undefined` where nothing was. */
  typed(): string | null | undefined {
    const [first] = this.#waiting;
    if (first !== null) this.#waiting.shift();
    return first;
  }

  async typedWithin(milliseconds: number): Promise<void> {
    const timer = new AbortController();
    const typed = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([typed, delay(milliseconds, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
  }

  async ask(question: string): Promise<string | null> {
    this.#output.write(question);
    for (;;) {
      const line = this.typed();
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    process.off('SIGINT', this.#end);
    this.#interface.close();
  }

  #add(line: string | null): void {
    this.#waiting.push(line);
    this.#wake();
  }
}
