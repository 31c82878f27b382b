import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Static, Type, Value } from '@docket/device-protocol/schema';

const AssignedLabel = Type.Object({
  place: Type.String({ minLength: 1, maxLength: 512 }),
  label: Type.String({ minLength: 1, maxLength: 40 }),
  assignedAt: Type.String(),
  assignedBy: Type.String(),
});
/** A label that was given to a place by calibration. */
export type AssignedLabel = Static<typeof AssignedLabel>;

const LabelFile = Type.Object({ v: Type.Literal(1), labels: Type.Array(AssignedLabel, { maxItems: 1_024 }) });

/** Reads the labels given so far; none where there is no file. Throws where the file holds something else. */
export async function readLabelFile(path: string): Promise<AssignedLabel[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return [];
  const content: unknown = JSON.parse(text);
  if (!Value.Check(LabelFile, content)) throw new TypeError(`${path} is no map of slots`);
  return content.labels;
}

/** Writes the labels so that after a power cut either the old map stands there or the new one. */
export async function writeLabelFile(path: string, labels: readonly AssignedLabel[]): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    const handle = await open(draft, 'wx', 0o640);
    try {
      await handle.writeFile(`${JSON.stringify({ v: 1, labels }, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
