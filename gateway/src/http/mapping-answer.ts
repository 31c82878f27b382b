import {
  type ClipLinkFile,
  type IndexDatabase,
  type LinkTarget,
  type QueuedClip,
  readOfficer,
  readTargetFacts,
  type TargetFacts,
} from '@docket/ingest';
import type { ClipLinks, PrintedCode, QueueEntry } from '../contract/index.ts';

type Standing = Omit<QueueEntry, 'clip'>;

/** Where clips stand, in the words people know cases by. */
export async function standingAnswers(
  database: IndexDatabase,
  queued: readonly QueuedClip[],
): Promise<Standing[]> {
  const facts = await readTargetFacts(
    database,
    queued.flatMap(({ links, suggestions }) => [...links, ...suggestions]),
  );
  const names = await officerNames(
    database,
    queued.map(({ mapping }) => mapping?.officerId ?? null),
  );
  return queued.map(({ mapping, links, suggestions }) => ({
    state: mapping?.state ?? null,
    reasons: mapping?.reasons ?? [],
    officer: officerAnswer(mapping?.officerId ?? null, names),
    decidedBy: mapping?.decidedBy ?? null,
    links: links.map((link) => ({ ...targetAnswer(link, facts), ...saidAnswer(link) })),
    suggestions: suggestions.map((one) => ({
      ...targetAnswer(one, facts),
      grounds: one.grounds,
      apartMs: one.apartMs,
    })),
  }));
}

export async function clipLinksAnswer(database: IndexDatabase, file: ClipLinkFile): Promise<ClipLinks> {
  const [standing] = await standingAnswers(database, [file]);
  if (standing === undefined) throw new RangeError('one clip has one standing');
  const facts = await readTargetFacts(database, file.history);
  return {
    clipId: file.clipId,
    ...standing,
    codes: file.codes,
    history: file.history.map((entry) => ({
      ...targetAnswer({ ...entry, caseId: entry.caseId ?? '' }, facts),
      caseId: entry.caseId,
      ...saidAnswer(entry),
      act: entry.act,
      supersedes: entry.supersedes,
    })),
  };
}

/** What is told of a case or an activity wherever it is named. */
export function targetAnswer(
  target: LinkTarget,
  facts: TargetFacts,
): Omit<PrintedCode, 'kind' | 'id' | 'text'> {
  const [ofCase, activity] = [facts.caseOf(target), facts.activityOf(target)];
  return {
    caseId: target.caseId,
    caseNumber: ofCase?.number ?? null,
    caseName: ofCase?.name ?? null,
    activityId: target.activityId,
    activityKind: activity?.kind ?? null,
    step: target.step,
    place: activity?.place ?? null,
    startedAt: activity?.startedAt ?? null,
    endedAt: activity?.endedAt ?? null,
  };
}

function saidAnswer(
  link: Pick<ClipLinks['links'][number], 'sequence' | 'source' | 'confidence' | 'actor' | 'reason' | 'at'>,
) {
  const { sequence, source, confidence, actor, reason, at } = link;
  return { sequence, source, confidence, actor, reason, at };
}

async function officerNames(
  database: IndexDatabase,
  officerIds: readonly (string | null)[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const officerId of new Set(officerIds.filter((id) => id !== null))) {
    const known = await readOfficer(database, officerId);
    if (known !== null) names.set(officerId, known.facts.name);
  }
  return names;
}

function officerAnswer(officerId: string | null, names: ReadonlyMap<string, string>): Standing['officer'] {
  return officerId === null ? null : { officerId, name: names.get(officerId) ?? officerId };
}
