import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { volumeDriver } from '@docket/device-protocol/transport';
import { type IndexRecord, type Ingest, RecordFeeds, type RecordPlace } from '@docket/ingest';
import { expect, onTestFinished } from 'vitest';
import { openTestIngest, testArchive } from '../../testing/test-ingest.ts';

export const testDockName = 'dock-1';
export const testOrganisation = 'demo';

/** A real dock with one clip, whose index records are made as many as a test wants. */
export class DockWithRecords {
  readonly ingest: Ingest;
  readonly folder: string;
  readonly clipId: string;
  #made = 0;

  private constructor(ingest: Ingest, folder: string, clipId: string) {
    this.ingest = ingest;
    this.folder = folder;
    this.clipId = clipId;
  }

  static async open(): Promise<DockWithRecords> {
    const folder = await mkdtemp(join(tmpdir(), 'docket-feeds-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, 'card'));
    await writeFile(join(folder, 'card', 'a.mp4'), folder);
    const pulledOut = new AbortController();
    const ingest = await openTestIngest(folder, {
      dockName: testDockName,
      archive: { ...testArchive(folder), organisation: testOrganisation },
      onStatus: ({ phase }) => {
        if (phase === 'safe' || phase === 'attention') pulledOut.abort();
      },
    });
    onTestFinished(() => ingest.close());
    await ingest.runDocking(
      volumeDriver,
      { portPath: '1-1', instance: 'test', target: { type: 'volume', directory: join(folder, 'card') } },
      pulledOut.signal,
    );
    const [clip] = await ingest.database.read('SELECT clip_id FROM clip');
    return new DockWithRecords(ingest, folder, String(clip?.clip_id));
  }

  /** Makes records until there are so many: the clip is put on hold, and let go, in turn. */
  async makeUpTo(count: number): Promise<void> {
    const { records } = this.ingest.archive;
    const { holds } = this.ingest.caseWork.retention;
    await records.recordOf(this.clipId);
    this.#made ||= 1;
    for (; this.#made < count; this.#made += 1) {
      const [standing] = await holds.ofClip(this.clipId);
      if (standing === undefined) {
        await holds.place({ clipId: this.clipId }, 'evidence', { person: '张三', reason: '留证' });
      } else await holds.lift(standing.holdId, { person: '李四', reason: '已结案' });
      await records.recordOf(this.clipId);
    }
  }

  records(): Promise<IndexRecord[]> {
    return this.ingest.archive.records.since(0, 1_000_000);
  }

  recordAt = async (sequence: number): Promise<IndexRecord | null> => {
    const [record] = await this.ingest.archive.records.since(sequence, 1);
    return record?.sequence === sequence ? record : null;
  };

  /** Feeds a place, and what went wrong with it. */
  feeding(place: RecordPlace): Feeding {
    return new Feeding(this, place);
  }
}

/** Feeds that run until they are stopped, as a gateway runs them. */
export class Feeding {
  readonly errors: unknown[] = [];
  readonly losses: string[] = [];
  readonly feeds: RecordFeeds;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor({ ingest }: DockWithRecords, place: RecordPlace) {
    this.feeds = new RecordFeeds({
      database: ingest.database,
      records: ingest.archive.records,
      onError: (error) => this.errors.push(error),
      onLoss: (_, loss) => this.losses.push(loss),
    });
    this.feeds.add(place);
    this.#running = this.feeds.run(this.#stop.signal);
    onTestFinished(() => this.stop());
  }

  async untilDone(): Promise<void> {
    const waiting = async () => (await this.feeds.status())[0]?.waiting;
    await expect.poll(waiting, { timeout: 60_000, interval: 20 }).toBe(0);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}
