import { ArchiveRefusal, type FeedCursor, type IndexRecord, type RecordPlace } from '@docket/ingest';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats, type NatsSettings } from './nats-connection.ts';
import { type HeldRecord, RecordStream, type StreamMark } from './nats-stream.ts';
import { recordEvent } from './record-event.ts';

export interface NatsPlaceOptions {
  settings: NatsSettings;
  dockName: string;
  organisation: string | null;
  /** The record of this dock with a sequence; `null` where there is none. */
  recordAt(sequence: number): Promise<IndexRecord | null>;
}

/** Records published between two looks at the clock of the cursor. */
const mostAtOnce = 64;

/**
 * Index records on one JetStream subject of this dock, in order and each once. Every publish names the sequence that the
 * subject's last message must have, so that the server refuses a replay however late it comes; what the stream has is asked,
 * and never taken from an acknowledgement. One that has lost what it had acknowledged is told, and filled again.
 */
export class NatsPlace implements RecordPlace {
  readonly feed = 'nats';
  readonly destination: string;
  readonly mostAtOnce = mostAtOnce;
  readonly retry: RecordPlace['retry'];
  readonly #options: NatsPlaceOptions;
  readonly #subject: string;
  #connection: NatsConnection | null = null;
  #doubt: () => void = () => {};

  constructor(options: NatsPlaceOptions) {
    const { settings, dockName, organisation } = options;
    this.#options = options;
    this.#subject = recordSubject(organisation, dockName);
    this.destination = `${settings.servers.join(',')} ${this.#subject}`;
    this.retry = settings;
  }

  onDoubt(listener: () => void): void {
    this.#doubt = listener;
  }

  resume(cursor: FeedCursor, signal: AbortSignal): Promise<FeedCursor & { loss: string | null }> {
    return this.#connected(signal, async (connection) => {
      const stream = await this.#stream(connection);
      const standing = await stream.standing(markOf(cursor));
      const { held, mark } = standing;
      if (held !== null) await this.#assertOurs(held);
      if (standing.isAgedOut) return { ...cursor, mark: JSON.stringify(mark), loss: null };
      const nextSequence = held === null ? 0 : held.sequence + 1;
      const missing = cursor.nextSequence - nextSequence;
      const tail = missing > 0 ? `${missing} records that were acknowledged are gone` : null;
      const holes = standing.newHoles > 0 ? `${standing.newHoles} records are missing in its midst` : null;
      const lost = [tail, holes].filter((one) => one !== null).join('; ');
      const loss = lost === '' ? null : `stream ${mark.stream}: ${lost}`;
      return { nextSequence, mark: JSON.stringify(mark), loss };
    });
  }

  deliver(records: readonly IndexRecord[], cursor: FeedCursor, signal: AbortSignal): Promise<FeedCursor> {
    return this.#connected(signal, async (connection) => {
      const client = jetstream(connection, { timeout: this.#options.settings.timeoutMs });
      const mark = markOf(cursor);
      if (mark === null) throw new ArchiveRefusal('conflict', 'the stream was not asked yet what it has');
      let { sequence } = mark;
      for (const record of records) {
        signal.throwIfAborted();
        const ack = await client.publish(this.#subject, recordEvent(record, this.#options.dockName), {
          expect: { streamName: mark.stream, lastSubjectSequence: sequence },
        });
        sequence = ack.seq;
      }
      const nextSequence = cursor.nextSequence + records.length;
      return {
        nextSequence,
        mark: JSON.stringify({ ...mark, sequence, reached: sequence } satisfies StreamMark),
      };
    });
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    await connection?.close();
  }

  async #stream(connection: NatsConnection): Promise<RecordStream> {
    const { settings } = this.#options;
    const manager = await jetstreamManager(connection, { timeout: settings.timeoutMs, checkAPI: false });
    return RecordStream.open(manager, this.#subject, settings);
  }

  /** A dock of the same name, or an index put back from a copy, must not write on in another chain. */
  async #assertOurs({ sequence, sha256 }: HeldRecord): Promise<void> {
    const own = await this.#options.recordAt(sequence);
    if (own?.sha256 === sha256) return;
    throw new ArchiveRefusal(
      'holds-other-bytes',
      `the stream has another record ${sequence} on ${this.#subject} than this dock: is there a dock of the same name, or was the index put back from a copy?`,
    );
  }

  async #connected<Result>(
    signal: AbortSignal,
    work: (connection: NatsConnection) => Promise<Result>,
  ): Promise<Result> {
    // Closing the connection ends whatever waits on it.
    const end = () => void this.close();
    signal.addEventListener('abort', end, { once: true });
    try {
      return await work(await this.#connect(signal));
    } catch (error) {
      await this.close();
      throw refusalOf(error);
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  async #connect(signal: AbortSignal): Promise<NatsConnection> {
    if (this.#connection !== null && !this.#connection.isClosed()) return this.#connection;
    const connection = await connectNats(this.#options.settings, `docket ${this.#options.dockName}`);
    if (signal.aborted) await connection.close();
    signal.throwIfAborted();
    this.#connection = connection;
    void connection.closed().then(() => {
      if (this.#connection === connection) this.#doubt();
    });
    return connection;
  }
}

/** `bwc.v1.<organisation>.<dock>.record`; what has a meaning in subjects is written as `%` and its code. */
export function recordSubject(organisation: string | null, dockName: string): string {
  return `bwc.v1.${tokenOf(organisation ?? '-')}.${tokenOf(dockName)}.record`;
}

function tokenOf(name: string): string {
  return name.replace(/[\s.*>%\p{Cc}]/gu, (sign) =>
    [...Buffer.from(sign)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

function markOf({ mark }: FeedCursor): StreamMark | null {
  return mark === null ? null : (JSON.parse(mark) as StreamMark);
}

function refusalOf(error: unknown): unknown {
  if (error instanceof ArchiveRefusal || !(error instanceof Error)) return error;
  const said = `NATS: ${error.message}`;
  switch (error.name) {
    case 'AuthorizationError':
    case 'UserAuthenticationExpiredError':
    case 'PermissionViolationError':
      return new ArchiveRefusal('denied', said, { cause: error });
    case 'JetStreamApiError':
    case 'StreamNotFoundError':
      return new ArchiveRefusal(/wrong last/u.test(error.message) ? 'conflict' : 'failed', said, {
        cause: error,
      });
    default:
      return new ArchiveRefusal('unreachable', said, { cause: error });
  }
}
