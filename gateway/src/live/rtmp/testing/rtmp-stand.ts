import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import {
  type AccessUnit,
  type FeedEnd,
  type LiveFeed,
  type LiveTrack,
  StreamAssembler,
} from '@docket/device-protocol/live';
import { createLog, type Log } from '../../../log.ts';
import { nalKinds } from '../nal-units.ts';
import { type RtmpRefusal, RtmpServer, type RtmpServerOptions } from '../rtmp-server.ts';
import { md5Of } from './sample-film.ts';

/** What came of one pushed stream. */
export class Taken {
  readonly recorderId: string;
  readonly feed: LiveFeed;
  readonly units: AccessUnit[] = [];
  readonly #news = new EventEmitter();
  end: FeedEnd | null = null;
  lostPackets = 0;

  constructor(recorderId: string, feed: LiveFeed) {
    this.recorderId = recorderId;
    this.feed = feed;
    const assembler = new StreamAssembler(feed.description, {
      onUnit: (unit) => {
        this.units.push(unit);
        this.#news.emit('unit');
      },
      onLoss: ({ packets }) => {
        this.lostPackets += packets;
      },
      onReset: () => this.#news.emit('error', new Error('the stream was reset')),
    });
    feed.begin({
      packet: (track, packet, arrival) => assembler.take(track, packet, arrival),
      senderReport: () => this.#news.emit('error', new Error('there are no sender reports in RTMP')),
    });
    void feed.ended.then((end) => {
      assembler.flush();
      this.end = end;
    });
  }

  async untilMore(count: number): Promise<void> {
    const wanted = this.units.length + count;
    while (this.units.length < wanted) await once(this.#news, 'unit');
  }

  /** Pictures or sounds as the recorder coded them, without what we put in front of key frames. */
  coded(kind: 'video' | 'audio'): { md5: string; shownMs: number }[] {
    return this.units
      .filter(({ track }) => track.kind === kind)
      .map(({ track, data, mediaTicks }) => ({
        md5: md5Of(kind, kind === 'audio' ? data : data.filter((unit) => !isParameterSet(track, unit))),
        shownMs: (mediaTicks / track.clockRateHz) * 1_000,
      }));
  }
}

function isParameterSet({ codec }: LiveTrack, unit: Buffer): boolean {
  return (codec === 'h264' || codec === 'h265') && nalKinds[codec].isSet(unit);
}

export interface StandOptions extends Partial<RtmpServerOptions> {
  /** Stream names, which are recorders as well, and their keys. */
  keys: Record<string, string>;
}

/** An RTMP server and all that comes of it. */
export class RtmpStand {
  readonly server: RtmpServer;
  readonly refusals: RtmpRefusal[] = [];
  readonly taken: Taken[] = [];
  /** Everything that was logged. */
  readonly lines: string[] = [];
  readonly #news = new EventEmitter();

  private constructor({ keys, ...options }: StandOptions) {
    this.server = new RtmpServer({
      settings: { address: '127.0.0.1', port: 0 },
      findPusher: (name) => {
        const key = keys[name];
        if (key === undefined) return null;
        return { recorderId: name, keySha256: createHash('sha256').update(key).digest('hex') };
      },
      onPush: async ({ recorderId, feed }) => {
        this.taken.push(new Taken(recorderId, feed));
        this.#news.emit('news');
        return 'accepted';
      },
      onRefused: (refusal) => {
        this.refusals.push(refusal);
        this.#news.emit('news');
      },
      silenceMs: 5_000,
      restartMs: { first: 10, longest: 100 },
      log: this.#log(),
      ...options,
    });
  }

  static async start(options: StandOptions): Promise<RtmpStand> {
    const stand = new RtmpStand(options);
    await stand.server.start(new AbortController().signal);
    return stand;
  }

  url(name: string, key: string): string {
    return `rtmp://127.0.0.1:${this.port}/live/${name}?key=${key}`;
  }

  get port(): number {
    if (this.server.port === null) throw new Error('it does not listen');
    return this.server.port;
  }

  /** The stream after so many others. */
  async nthTaken(index: number): Promise<Taken> {
    for (;;) {
      const taken = this.taken[index];
      if (taken !== undefined) return taken;
      await once(this.#news, 'news');
    }
  }

  async nthRefusal(index: number): Promise<RtmpRefusal> {
    for (;;) {
      const refusal = this.refusals[index];
      if (refusal !== undefined) return refusal;
      await once(this.#news, 'news');
    }
  }

  #log(): Log {
    return createLog('trace', { write: (line: string) => void this.lines.push(line) });
  }
}
