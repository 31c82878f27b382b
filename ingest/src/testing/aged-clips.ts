import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { TestDock } from './test-dock.ts';

const dayMs = 86_400_000;

/** Runs `work` as if it were so many days ago; what is written then says so. Real timers run on. */
export async function daysAgo<Result>(days: number, work: () => Promise<Result>): Promise<Result> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - days * dayMs });
  try {
    return await work();
  } finally {
    vi.useRealTimers();
  }
}

/** Docks clips with the content given, seals and archives them so many days ago. Resolves with their ids by name. */
export async function takeAged(
  dock: TestDock,
  days: number,
  clips: Record<string, string>,
): Promise<Record<string, string>> {
  await daysAgo(days, async () => {
    for (const [name, content] of Object.entries(clips)) await writeFile(join(dock.card, name), content);
    await dock.dock();
    await dock.forward();
  });
  const known = await dock.clips();
  return Object.fromEntries(
    Object.keys(clips).map((name) => [name, known.findLast((clip) => clip.name === name)?.clipId ?? '']),
  );
}
