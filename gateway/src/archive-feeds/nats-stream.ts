import { ArchiveRefusal } from '@docket/ingest';
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import type { NatsSettings } from './nats-connection.ts';

/** What is kept of a stream, so that one that lost something is known from one that let old records go. */
export interface StreamMark {
  stream: string;
  /** When it was made; another time is another stream of the same name. */
  created: string;
  /** Of the last message on our subject, in the stream; 0 where there is none. */
  sequence: number;
  /** The highest that was ever ours. */
  reached: number;
  /** Records missing in its midst that were told already. */
  holes: number;
}

/** The last record on our subject. */
export interface HeldRecord {
  sequence: number;
  sha256: string;
}

export interface StreamStanding {
  held: HeldRecord | null;
  mark: StreamMark;
  /** Its limits have let our records go: nothing of them is there, and nothing is lost. */
  isAgedOut: boolean;
  newHoles: number;
}

/** The stream that takes our subject, and what it has. */
export class RecordStream {
  readonly #manager: JetStreamManager;
  readonly #subject: string;
  readonly #name: string;

  private constructor(manager: JetStreamManager, subject: string, name: string) {
    this.#manager = manager;
    this.#subject = subject;
    this.#name = name;
  }

  /** Finds the stream; makes the one that is named where there is none. */
  static async open(
    manager: JetStreamManager,
    subject: string,
    { stream, replicas }: Pick<NatsSettings, 'stream' | 'replicas'>,
  ): Promise<RecordStream> {
    if (stream === null) return new RecordStream(manager, subject, await find(manager, subject));
    try {
      await manager.streams.info(stream);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'StreamNotFoundError') throw error;
      await manager.streams.add({
        name: stream,
        subjects: ['bwc.v1.>'],
        storage: 'file',
        retention: 'limits',
        num_replicas: replicas,
        deny_delete: true,
        deny_purge: true,
      });
    }
    return new RecordStream(manager, subject, stream);
  }

  /** What it has of ours, by its own word, held against what was known of it. */
  async standing(before: StreamMark | null): Promise<StreamStanding> {
    const info = await this.#manager.streams.info(this.#name, { subjects_filter: this.#subject });
    const last = await this.#manager.streams.getMessage(this.#name, { last_by_subj: this.#subject });
    const { created } = info;
    const isSame = before !== null && before.stream === this.#name && before.created === created;
    const held = last === null ? null : heldIn(last.data, this.#subject);
    const holes = held === null ? 0 : holesIn(info, this.#subject, held);
    const sequence = last?.seq ?? 0;
    const reached = Math.max(sequence, isSame ? before.reached : 0);
    const mark = { stream: this.#name, created, sequence, reached, holes };
    return {
      held,
      mark,
      isAgedOut: last === null && reached > 0 && info.state.first_seq > reached,
      newHoles: Math.max(0, holes - (isSame ? before.holes : 0)),
    };
  }
}

async function find(manager: JetStreamManager, subject: string): Promise<string> {
  try {
    return await manager.streams.find(subject);
  } catch (error) {
    if (!(error instanceof Error) || !/no stream matches/u.test(error.message)) throw error;
    throw new ArchiveRefusal('failed', `no stream of the server takes ${subject}`, { cause: error });
  }
}

/** Records on the subject begin with 0; without limits none of them goes by itself. */
function holesIn({ config, state }: StreamInfo, subject: string, held: HeldRecord): number {
  const limits = [config.max_msgs, config.max_bytes, config.max_msgs_per_subject];
  const isLimited = config.max_age > 0 || limits.some((limit) => limit > 0);
  const found = state.subjects?.[subject];
  return isLimited || found === undefined ? 0 : Math.max(0, held.sequence + 1 - found);
}

function heldIn(data: Uint8Array, subject: string): HeldRecord {
  try {
    const event = JSON.parse(Buffer.from(data).toString()) as { id: unknown; sequence: unknown };
    const sequence = Number(event.sequence);
    if (typeof event.id === 'string' && Number.isSafeInteger(sequence)) return { sequence, sha256: event.id };
  } catch {
    // Told below.
  }
  throw new ArchiveRefusal('holds-other-bytes', `what the stream has last on ${subject} is no index record`);
}
