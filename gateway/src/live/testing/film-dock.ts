import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveRecorder, type RecorderDriver } from '@docket/device-protocol';
import type { AccessUnit, LiveDescription, LiveTrack, TrackFormat } from '@docket/device-protocol/live';
import { volumeDriver } from '@docket/device-protocol/transport';
import {
  type ClipRecord,
  hasLocalMedia,
  type Ingest,
  type LiveRecording,
  listClips,
  readSessionReconciliation,
} from '@docket/ingest';
import { expect, onTestFinished } from 'vitest';
import { createLog } from '../../log.ts';
import { PictureComparer } from '../../pictures/index.ts';
import { createPreviews } from '../../previews/index.ts';
import { openTestIngest } from '../../testing/test-ingest.ts';

const framesPerSecond = 10;
export const recorderId = 'sn:CAM001';
const never = new AbortController().signal;
const log = createLog('warn');

/** What the recorder films: every picture coded once, sent live and written to its card. */
export interface Film {
  folder: string;
  units: AccessUnit[];
  description: LiveDescription;
}

/** A recorder whose clock nobody can read, with a card. */
const driver: RecorderDriver = {
  name: 'volume',
  open: async (attachment, signal) =>
    deriveRecorder(await volumeDriver.open(attachment, signal), {
      identify: async () => ({
        serialNumber: 'CAM001',
        vendor: null,
        model: null,
        firmware: null,
        officerNumber: null,
        source: 'device',
      }),
    }),
};

/** A dock with everything that turns a card and a stream into verdicts. */
export class FilmDock {
  readonly ingest: Ingest;
  readonly folder: string;
  #cards = 0;

  private constructor(ingest: Ingest, folder: string) {
    this.ingest = ingest;
    this.folder = folder;
  }

  static async open(): Promise<FilmDock> {
    const folder = await mkdtemp(join(tmpdir(), 'docket-reconcile-'));
    const ingest = await openTestIngest(folder, {
      onStatus: (status) => {
        if (status.phase === 'safe') dock.#pulledOut.abort();
      },
      onReckonError: (error) => {
        throw error;
      },
    });
    const dock = new FilmDock(ingest, folder);
    onTestFinished(async () => {
      await ingest.close();
      await rm(folder, { recursive: true });
    });
    return dock;
  }

  #pulledOut = new AbortController();

  /** Docks the recorder with a card that holds these parts of the film, each a file, until it is safe. */
  async dock(
    film: Film,
    parts: readonly { name: string; from: number; to: number; writtenAt?: Date }[],
  ): Promise<void> {
    this.#cards += 1;
    const card = join(this.folder, `card-${this.#cards}`);
    await mkdir(card);
    for (const { name, from, to, writtenAt } of parts) {
      const cut = film.units.slice(from * framesPerSecond, to * framesPerSecond);
      const bytes = Buffer.concat(
        cut.flatMap(({ data }) => data.flatMap((nal) => [Buffer.from([0, 0, 0, 1]), nal])),
      );
      execFileSync(
        'ffmpeg',
        [
          ...['-v', 'error', '-f', 'h264', '-framerate', String(framesPerSecond), '-i', 'pipe:0'],
          ...['-c', 'copy', join(card, name)],
        ],
        { input: bytes },
      );
      if (writtenAt !== undefined) await utimes(join(card, name), writtenAt, writtenAt);
    }
    this.#pulledOut = new AbortController();
    const issue = await this.ingest.runDocking(
      driver,
      { portPath: '1-1', instance: 'test', target: { type: 'volume', directory: card } },
      this.#pulledOut.signal,
    );
    expect(issue).toBeNull();
  }

  /**
   * Sends a part of the film, as it was captured from `startMs` on. With reports, each is proven to have been sent 40 ms
   * before it arrived at most, as the order of a connection proves it.
   */
  send(
    recording: LiveRecording,
    film: Film,
    startMs: number,
    [from, to]: readonly [number, number],
    { delayMs, isReported }: { delayMs: number; isReported: boolean } = { delayMs: 50, isReported: false },
  ): void {
    for (const unit of film.units.slice(from * framesPerSecond, to * framesPerSecond)) {
      const capturedMs = startMs + (unit.mediaTicks / 90_000) * 1_000;
      const atMs = capturedMs + delayMs;
      recording.take({ ...unit, arrival: { atMs, sentNotBeforeMs: null } });
      if (!isReported || !unit.isKeyFrame) continue;
      recording.senderReport(
        unit.track,
        { ssrc: 1, ntpMs: capturedMs, rtpTimestamp: unit.rtpTimestamp, packetsSent: 0, bytesSent: 0 },
        { atMs, sentNotBeforeMs: atMs - delayMs - 40 },
      );
    }
  }

  /** Looks into clips, compares their pictures, and decides, until nothing is left to do. */
  async settle(): Promise<void> {
    const { ingest, folder } = this;
    const mediaPath = async (clip: ClipRecord) =>
      hasLocalMedia(clip) ? ingest.layout.mediaFile(clip.clipId, clip.name) : null;
    await drained((onDone) =>
      createPreviews({
        database: ingest.database,
        mediaPath,
        times: ingest.clipTimes,
        thumbnailPath: (clipId) => join(folder, 'previews', `${clipId}.jpg`),
        onClip: onDone,
        log,
      }),
    )(async () => this.#count("SELECT count(*) AS total FROM clip WHERE preview_state = 'waiting'"));
    await ingest.caseWork.reckoner.settle(never);
    await drained(
      (onDone) =>
        new PictureComparer({
          database: ingest.database,
          comparisons: ingest.comparisons,
          mediaPath,
          directory: join(folder, 'store', 'pictures'),
          onCompared: onDone,
          log,
        }),
    )(async () => this.#count("SELECT count(*) AS total FROM picture_comparison WHERE state = 'waiting'"));
    await ingest.caseWork.reckoner.settle(never);
  }

  async #count(query: string): Promise<number> {
    const [row] = await this.ingest.database.read(query);
    return Number(row?.total);
  }

  async clip(name: string): Promise<ClipRecord> {
    const { clips } = await listClips(this.ingest.database, {}, { before: null, limit: 100 });
    const clip = clips.find((one) => one.name === name);
    if (clip === undefined) throw new Error(`no clip is named ${name}`);
    return clip;
  }

  /** The verdicts of a session, with whole seconds from `startMs`. */
  async verdicts(sessionId: string, startMs: number) {
    const found = await readSessionReconciliation(this.ingest.database, sessionId);
    const seconds = (atMs: number) => Math.round((atMs - startMs) / 1_000);
    return (found?.matches ?? []).map(({ verdict, fromMs, toMs }) => [
      verdict,
      seconds(fromMs),
      seconds(toMs),
    ]);
  }
}

/** Runs a worker until nothing waits for it. */
function drained(
  make: (onDone: () => void) => { start(signal: AbortSignal): Promise<void>; stop(): Promise<void> },
) {
  return async (waiting: () => Promise<number>): Promise<void> => {
    if ((await waiting()) === 0) return;
    let look: () => void = () => {};
    const isEmpty = new Promise<void>((resolve, reject) => {
      look = () => {
        waiting().then((count) => {
          if (count === 0) resolve();
        }, reject);
      };
    });
    const worker = make(() => look());
    await worker.start(never);
    await isEmpty;
    await worker.stop();
  };
}

export async function filmOf(dock: FilmDock, seconds: number): Promise<Film> {
  const options = 'keyint=10:min-keyint=10:scenecut=0:bframes=0:aud=1';
  const stream = execFileSync(
    'ffmpeg',
    [
      ...[
        '-v',
        'error',
        '-f',
        'lavfi',
        '-i',
        `testsrc2=size=320x180:rate=${framesPerSecond}:duration=${seconds}`,
      ],
      ...['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast', '-x264-params', options],
      ...['-f', 'h264', 'pipe:1'],
    ],
    { maxBuffer: 2 ** 26 },
  );
  const pictures: Buffer[][] = [];
  for (const nal of nalUnits(stream)) {
    if (((nal[0] ?? 0) & 0x1f) === 9) pictures.push([]);
    else pictures.at(-1)?.push(nal);
  }
  const track: LiveTrack = {
    index: 0,
    kind: 'video',
    codec: 'h264',
    payloadType: 96,
    clockRateHz: 90_000,
    channels: null,
    encodingName: 'H264',
    formatParameters: new Map(),
    control: null,
  };
  const [first = []] = pictures;
  const ofType = (type: number) => first.filter((nal) => ((nal[0] ?? 0) & 0x1f) === type);
  const format: TrackFormat = {
    kind: 'video',
    codec: 'h264',
    videoParameterSets: [],
    sequenceParameterSets: ofType(7),
    pictureParameterSets: ofType(8),
    widthPixels: 320,
    heightPixels: 180,
  };
  const units = pictures.map(
    (data, index): AccessUnit => ({
      track,
      mediaTicks: index * 9_000,
      rtpTimestamp: index * 9_000,
      data,
      isKeyFrame: index % 10 === 0,
      isWhole: true,
      isUnfinished: false,
      lostPackets: 0,
      arrival: { atMs: 0, sentNotBeforeMs: null },
      format,
    }),
  );
  return {
    folder: dock.folder,
    units,
    description: { tracks: [track], refused: [], control: null, sdp: '' },
  };
}

function nalUnits(stream: Buffer): Buffer[] {
  const mark = Buffer.from([0, 0, 1]);
  const starts: number[] = [];
  for (let at = stream.indexOf(mark); at >= 0; at = stream.indexOf(mark, at + 3)) starts.push(at);
  return starts.map((start, index) => {
    let end = starts[index + 1] ?? stream.length;
    while (end > start + 3 && stream[end - 1] === 0) end -= 1;
    return stream.subarray(start + 3, end);
  });
}
