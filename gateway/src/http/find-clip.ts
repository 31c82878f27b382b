import { type ClipRecord, type IndexDatabase, readClip } from '@docket/ingest';
import { HttpProblem } from './problem.ts';

/** Reads a clip. Throws HttpProblem `not-found`. */
export async function findClip(database: IndexDatabase, clipId: string): Promise<ClipRecord> {
  const clip = await readClip(database, clipId);
  if (clip === null) throw new HttpProblem('not-found');
  return clip;
}
