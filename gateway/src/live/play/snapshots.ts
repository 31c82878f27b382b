import type { AccessUnit } from '@docket/device-protocol/live';
import { runTool } from '../../previews/run-tool.ts';
import type { LiveStream, LiveStreams } from '../live-stream.ts';
import { snapshotArguments } from './snapshot-arguments.ts';

/** Why there is no picture: no stream; no key frame yet; too many asked at once; the picture cannot be read. */
export type SnapshotFault = 'no-stream' | 'no-picture' | 'busy' | 'unreadable';

export interface Snapshot {
  jpeg: Buffer;
  /** When the picture reached this machine, in Unix milliseconds. */
  arrivedAtMs: number;
}

const freshMs = 2_000;
const mostAtOnce = 2;
const mostWaiting = 16;
const mostBytes = 8 * 1024 * 1024;

/** As for transcoders, beside which it would otherwise starve: somebody waits for it. */
const priority = 5;
const longestMs = 30_000;

interface Kept {
  /** `null` while it is being made. */
  madeAtMs: number | null;
  snapshot: Promise<Snapshot | SnapshotFault>;
}

/** Still pictures of live streams, from their newest key frames. Those who ask while one is made, or within two seconds, get the same. */
export class Snapshots {
  readonly #streams: LiveStreams;
  readonly #kept = new WeakMap<LiveStream, Kept>();
  readonly #stopping = new AbortController();
  #running = 0;
  readonly #queue: (() => void)[] = [];

  constructor(streams: LiveStreams) {
    this.#streams = streams;
  }

  async take(recorderId: string): Promise<Snapshot | SnapshotFault> {
    const stream = this.#streams.get(recorderId);
    if (stream === null) return 'no-stream';
    const kept = this.#kept.get(stream);
    if (kept !== undefined && (kept.madeAtMs === null || Date.now() - kept.madeAtMs < freshMs))
      return kept.snapshot;
    const unit = stream.latestGroup().find((one) => one.track.kind === 'video' && one.isKeyFrame);
    if (unit === undefined || unit.format === null) return 'no-picture';
    if (this.#queue.length >= mostWaiting) return 'busy';
    const making: Kept = { madeAtMs: null, snapshot: this.#inTurn(() => this.#make(unit)) };
    this.#kept.set(stream, making);
    const snapshot = await making.snapshot;
    making.madeAtMs = Date.now();
    return snapshot;
  }

  /** Ends what runs. */
  close(): void {
    this.#stopping.abort();
  }

  async #make(unit: AccessUnit): Promise<Snapshot | SnapshotFault> {
    try {
      const jpeg = await runTool({
        command: 'ffmpeg',
        arguments: snapshotArguments(unit.track.codec === 'h265' ? 'hevc' : 'h264'),
        input: pictureBytes(unit),
        timeoutMs: longestMs,
        priority,
        maxOutputBytes: mostBytes,
        signal: this.#stopping.signal,
      });
      return jpeg.length === 0 ? 'unreadable' : { jpeg, arrivedAtMs: unit.arrival.atMs };
    } catch {
      return 'unreadable';
    }
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= mostAtOnce) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#queue.shift()?.();
    }
  }
}

const startCode = Buffer.from([0, 0, 0, 1]);

/** The picture with all its decoder needs, as a byte stream (ITU-T H.264 annex B, H.265 annex B). */
function pictureBytes({ data, format }: AccessUnit): Buffer {
  const sets =
    format?.kind === 'video'
      ? [...format.videoParameterSets, ...format.sequenceParameterSets, ...format.pictureParameterSets]
      : [];
  return Buffer.concat([...sets, ...data].flatMap((nal) => [startCode, nal]));
}
