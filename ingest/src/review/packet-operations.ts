import type { IndexReader } from '../index-store/index-database.ts';
import { readBookmarksOfClip } from '../operations/bookmarks-of-clip.ts';
import type { OperationFile } from '../operations/operation.ts';
import { readOperationsOfCase } from '../operations/operation-queries.ts';
import type { CaseFile } from './case-file.ts';
import type { PacketBookmark, PacketOperation } from './review-packet.ts';

type PlaceInClip = PacketBookmark['clips'][number];

/** On-site operations of the case, each bookmark with the clips of the case that may show it. */
export async function packetOperations(
  index: IndexReader,
  { facts, clips }: Pick<CaseFile, 'facts' | 'clips'>,
): Promise<PacketOperation[]> {
  const files = await readOperationsOfCase(index, facts.caseId);
  const tookPart = new Set(files.flatMap(({ parts }) => parts.map(({ recorderId }) => recorderId)));
  const places = new Map<string, PlaceInClip[]>();
  for (const { record } of clips) {
    if (!tookPart.has(record.recorderId)) continue;
    for (const { bookmarkId, positionMs, doubtMs } of (await readBookmarksOfClip(index, record.clipId)) ??
      []) {
      const place = { clipId: record.clipId, positionMs, doubtMs };
      places.set(bookmarkId, [...(places.get(bookmarkId) ?? []), place]);
    }
  }
  return files.map((file) => packetOperation(file, places));
}

function packetOperation(
  { operation, parts, bookmarks }: OperationFile,
  places: ReadonlyMap<string, PlaceInClip[]>,
): PacketOperation {
  const { operationId, title, activityId, step, place, openedAt, openedBy, closedAt, closedBy } = operation;
  return {
    ...{ operationId, title, activityId, step, place, openedAt, openedBy, closedAt, closedBy },
    recorders: parts.map(({ recorderId, officerId, joinedAt, leftAt }) => ({
      recorderId,
      officerId,
      joinedAt,
      leftAt,
    })),
    bookmarks: bookmarks.map(({ bookmarkId, operationId: _, ...bookmark }) => ({
      ...bookmark,
      clips: places.get(bookmarkId) ?? [],
    })),
  };
}
