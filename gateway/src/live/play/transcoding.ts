import {
  type AccessUnit,
  type LiveDescription,
  type LiveTrack,
  type SenderReport,
  VideoParameterSets,
} from '@docket/device-protocol/live';
import { playHeadBytes } from '../../contract/index.ts';
import type { LiveStream, UnitSink } from '../live-stream.ts';
import { type LongTool, type LongToolEnd, startLongTool } from '../long-tool.ts';
import type { FlvMedia } from '../rtmp/flv-media.ts';
import { FlvMediaReader } from '../rtmp/flv-media-reader.ts';
import { FlvError, FlvReader } from '../rtmp/flv-reader.ts';
import { MediaTimeline } from './media-timeline.ts';
import type { UnitSource } from './play-stream.ts';
import { TrackWriter } from './track-writer.ts';
import { transcodingArguments } from './transcoding-arguments.ts';

/** What the transcoder has not read yet; beyond it, pictures are left out up to the next key frame. */
const mostWaitingBytes = 2 * 1024 * 1024;
/** Pictures that went in and have not come out. More, and the oldest are given up. */
const mostUnderWay = 600;

interface UnderWay {
  atMs: number;
  unit: AccessUnit;
}

/**
 * A stream with its pictures in H.264, for browsers that cannot show what the recorder sends. Sound passes as it is. Runs
 * from its making until nobody watches it, or the stream ends.
 *
 * The transcoder gets one fragment a picture, with the times of the stream, and gives one picture for each: nothing on the way
 * waits for the picture after.
 */
export class Transcoding implements UnitSource {
  readonly recorderId: string;
  readonly sessionId: string;
  readonly description: LiveDescription;
  /** Resolves once no process of it is left. */
  readonly ended: Promise<LongToolEnd>;
  readonly #stream: LiveStream;
  readonly #from: LiveTrack;
  readonly #to: LiveTrack;
  readonly #tool: LongTool;
  readonly #stopping = new AbortController();
  readonly #timeline: MediaTimeline;
  readonly #writer: TrackWriter;
  readonly #sets: VideoParameterSets;
  readonly #leave: () => void;
  #underWay: UnderWay[] = [];
  #sink: UnitSink | null = null;
  #needsKeyFrame = true;

  /** `onFailure` is called where the transcoder ends by itself. */
  constructor(stream: LiveStream, onFailure: (end: LongToolEnd) => void) {
    const pictures = stream.description.tracks.find(({ kind }) => kind === 'video');
    if (pictures === undefined) throw new Error('a stream without pictures is not transcoded');
    this.#stream = stream;
    this.#from = pictures;
    this.#to = { ...pictures, codec: 'h264', encodingName: 'H264', formatParameters: new Map() };
    this.#sets = new VideoParameterSets(this.#to);
    const tracks = stream.description.tracks.map((track) => (track === pictures ? this.#to : track));
    this.description = { ...stream.description, tracks };
    this.recorderId = stream.recorderId;
    this.sessionId = stream.sessionId;
    this.#timeline = new MediaTimeline(pictures.clockRateHz);
    this.#writer = new TrackWriter(0, pictures, this.#timeline);
    this.#tool = startLongTool({
      command: 'ffmpeg',
      arguments: transcodingArguments,
      stdin: 'pipe',
      stdout: 'pipe',
      priority: 5,
      signal: this.#stopping.signal,
    });
    this.ended = this.#tool.ended.then((end) => {
      if (end.cause !== 'stopped') onFailure(end);
      return end;
    });
    this.#read();
    for (const unit of stream.latestGroup()) this.#take(unit);
    this.#leave = stream.watchUnits({
      unit: (unit) => this.#take(unit),
      changed: (description) => this.#changed(description),
    });
  }

  latestGroup(): readonly AccessUnit[] {
    return [];
  }

  latestSenderReports(): ReadonlyMap<LiveTrack, SenderReport> {
    const reports = this.#stream.latestSenderReports();
    return new Map([...reports].map(([track, report]) => [track === this.#from ? this.#to : track, report]));
  }

  /** For one who watches; it stops once that one leaves. */
  watchUnits(sink: UnitSink): () => void {
    this.#sink = sink;
    return () => void this.stop();
  }

  /** Resolves once no process of it is left. */
  async stop(): Promise<void> {
    this.#sink = null;
    this.#leave();
    this.#stopping.abort();
    await this.ended;
  }

  #changed(description: LiveDescription | null): void {
    // Other tracks need another transcoder: viewers come again and get it.
    this.#sink?.changed(null);
    if (description === null) void this.stop();
  }

  #take(unit: AccessUnit): void {
    if (unit.track.kind === 'audio') return void this.#sink?.unit(unit);
    const { stdin } = this.#tool;
    if (unit.track !== this.#from || !unit.isWhole || stdin === null || !stdin.writable) return;
    if (stdin.writableLength > mostWaitingBytes) this.#needsKeyFrame = true;
    if (this.#needsKeyFrame && !unit.isKeyFrame) return;
    this.#needsKeyFrame = false;
    if (!this.#timeline.hasBegun) this.#timeline.begin(unit.mediaTicks, unit.arrival.atMs, 0);
    if (this.#writer.isNewFormat(unit)) this.#give(this.#writer.initialisation()?.bytes);
    const ticks = this.#timeline.place(unit.mediaTicks, unit.arrival.atMs);
    const written = this.#writer.write(unit, ticks);
    if (written === null) return;
    this.#underWay.push({ atMs: this.#timeline.seconds(ticks) * 1_000, unit });
    if (this.#underWay.length > mostUnderWay) this.#underWay.shift();
    this.#give(written.bytes);
  }

  #give(message: Buffer | undefined): void {
    if (message !== undefined) this.#tool.stdin?.write(message.subarray(playHeadBytes));
  }

  #read(): void {
    const media = new FlvMediaReader();
    const reader = new FlvReader((tag) => this.#hear(media.read(tag)));
    const { stdout } = this.#tool;
    stdout?.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        if (!(error instanceof FlvError)) throw error;
        // Without a reader it ends, and that is told.
        stdout.destroy();
      }
    });
  }

  #hear(media: FlvMedia): void {
    if (media.is === 'video-setup') for (const set of media.setup.parameterSets) this.#sets.take(set);
    if (media.is !== 'picture') return;
    const index = this.#underWay.findIndex((one) => Math.abs(one.atMs - media.shownMs) <= 1);
    const source = this.#underWay[index];
    if (source === undefined) return;
    this.#underWay = this.#underWay.slice(index + 1);
    const { units: data, isKeyFrame } = media;
    this.#sink?.unit({ ...source.unit, track: this.#to, data, isKeyFrame, format: this.#sets.format });
  }
}
