import type { Archive, IndexReader, Room } from '@docket/ingest';
import type { Config } from '../config/index.ts';
import { archiveTargets } from './archive-options.ts';
import type { ProbesUnderWay } from './probes-under-way.ts';

/** All that is shown of the archive side, and acted on. */
export interface ArchiveDesk {
  archive: Archive;
  index: IndexReader;
  probes: ProbesUnderWay;
  settings: Pick<Config, 'archive' | 'release' | 'store'>;
  storeRoom(): Promise<Room>;
}

/** How the settings of one target stand that are shown beside it. */
export function targetSettings({ settings }: ArchiveDesk, name: string) {
  return archiveTargets(settings.archive).find((target) => target.name === name);
}

/** Calls `tell` at most once in so long, and always once more after the last call. */
export function atMostEvery(intervalMs: number, tell: () => void): { call(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isDue = false;
  const fire = () => {
    timer = undefined;
    if (!isDue) return;
    isDue = false;
    tell();
    timer = setTimeout(fire, intervalMs);
  };
  return {
    call: () => {
      isDue = true;
      if (timer === undefined) fire();
    },
    stop: () => clearTimeout(timer),
  };
}
