import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClipRecord } from '../clip/clip-record.ts';
import { LocalCopies } from '../store/local-copies.ts';
import type { Room } from '../store/room.ts';
import type { StoreSpacePolicy } from '../store/store-space.ts';
import { TestDock } from './test-dock.ts';

const dayMs = 86_400_000;

/** A dock whose disk and clock are the test's. */
export class LocalCopiesBench {
  readonly dock: TestDock;
  readonly policy: StoreSpacePolicy;
  /** Of a disk of `totalBytes`, used by other things than clips. */
  otherBytes = 0;
  daysLater = 0;
  isClockSure = true;
  readonly left: string[] = [];
  readonly errors: unknown[] = [];
  readonly #totalBytes: number;

  private constructor(dock: TestDock, policy: StoreSpacePolicy, totalBytes: number) {
    this.dock = dock;
    this.policy = policy;
    this.#totalBytes = totalBytes;
  }

  static async open(change: Partial<StoreSpacePolicy> = {}, totalBytes = 100_000): Promise<LocalCopiesBench> {
    const policy = {
      reserveBytes: 0,
      highWaterShare: 0.8,
      lowWaterShare: 0.5,
      keepLocalDays: null,
      ...change,
    };
    return new LocalCopiesBench(await TestDock.open(), policy, totalBytes);
  }

  /** Docks a recorder with files of these names and sizes. */
  async take(files: Record<string, number>): Promise<void> {
    for (const [name, sizeBytes] of Object.entries(files))
      await writeFile(join(this.dock.card, name), Buffer.alloc(sizeBytes, name));
    await this.dock.dock();
  }

  /** Does what the gateway does with the media of a clip: looks into it, and reads its codes. */
  async lookInto(clipId?: string): Promise<void> {
    const { database, caseWork } = this.dock.ingest;
    await database.write(async (transaction) => {
      await transaction.run(
        "UPDATE clip SET preview_state = 'none', code_state = 'none' WHERE clip_id = coalesce(?, clip_id)",
        [clipId ?? null],
      );
    });
    await caseWork.reckoner.settle(new AbortController().signal);
  }

  /** Takes clips all the way to where nothing but time and room keeps them. */
  async archive(files: Record<string, number>): Promise<void> {
    await this.take(files);
    await this.lookInto();
    await this.dock.forward();
    await this.lookInto();
  }

  nowMs(): number {
    return Date.now() + this.daysLater * dayMs;
  }

  async room(): Promise<Room> {
    const local = (await this.local()).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    return { totalBytes: this.#totalBytes, freeBytes: this.#totalBytes - this.otherBytes - local };
  }

  async local(): Promise<ClipRecord[]> {
    return (await this.dock.clips()).filter(({ localRemovedAt }) => localRemovedAt === null);
  }

  copies(): LocalCopies {
    const { database, custody, layout, releaseRule } = this.dock.ingest;
    return new LocalCopies({
      database,
      custody,
      layout,
      policy: this.policy,
      rule: releaseRule,
      readsCodes: true,
      room: () => this.room(),
      isClockSure: async () => this.isClockSure,
      onLeft: (clipId) => this.left.push(clipId),
      onError: (error) => this.errors.push(error),
      now: () => this.nowMs(),
    });
  }

  /** One look at the store; resolves with the names of what stands there then. */
  async settle(): Promise<string[]> {
    await this.copies().settle(new AbortController().signal);
    return (await this.local()).map(({ name }) => name);
  }
}
