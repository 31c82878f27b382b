import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { MediaFacts } from '@docket/ingest';
import { thumbnailArguments } from './ffmpeg-arguments.ts';
import { runTool } from './run-tool.ts';

const latestSeconds = 10;

/**
 * Writes a still of `file` to `target`, which appears whole or not at all. The first frames of a recording are
 * often black or a floor: a tenth of the way in is tried first, then the start. Throws ToolError; resolves with
 * `false` where no frame could be had.
 */
export async function makeThumbnail(
  file: string,
  target: string,
  facts: MediaFacts,
  signal: AbortSignal,
): Promise<boolean> {
  const partial = `${target}.part`;
  await mkdir(dirname(target), { recursive: true, mode: 0o750 });
  try {
    for (const atSeconds of positionsOf(facts)) {
      await runTool({
        command: 'ffmpeg',
        arguments: thumbnailArguments(file, partial, atSeconds),
        timeoutMs: 60_000,
        maxOutputBytes: 64 * 1024,
        signal,
      });
      if (await hasBytes(partial)) {
        await rename(partial, target);
        return true;
      }
    }
    return false;
  } finally {
    await rm(partial, { force: true });
  }
}

function positionsOf({ durationMs }: MediaFacts): number[] {
  if (durationMs === null) return [0];
  return [Math.min(durationMs / 10_000, latestSeconds), 0];
}

async function hasBytes(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found !== null && found.size > 0;
}
