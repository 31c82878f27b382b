import type { JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';
import { possiblePart } from '../time/span.ts';
import { readClipEvidence } from './clip-evidence.ts';
import { type ClipFacts, readClipFacts, readFollowed, readSidecars } from './clip-facts.ts';
import { type ClipLink, readLinksOf } from './clip-link.ts';
import { type ClipMapping, isSameMapping, readMappings, writeMappings } from './clip-mapping.ts';
import { decideLinks } from './decide-links.ts';
import type { Decision, LinkSuggestion, LinkTarget } from './decision.ts';
import { isSameTarget, LinkEntries } from './link-entries.ts';
import type { ClipEvidence, MappingPolicy } from './link-evidence.ts';
import { suggestLinks } from './suggest-links.ts';

/** What the rules come to for one clip. */
export interface RuledClip {
  clip: ClipFacts;
  evidence: ClipEvidence;
  decision: Decision;
  /** What a person may choose from, also where the rules are sure. */
  suggestions: LinkSuggestion[];
}

/**
 * Applies the rules to clips, in one transaction: links that the rules made are brought to what they come to now; what a
 * person said stays, and waits for a person again where the rules have come to contradict it.
 */
export class ClipReckoning {
  readonly #custody: CustodyLog;
  readonly #policy: MappingPolicy;

  constructor(custody: CustodyLog, policy: MappingPolicy) {
    this.#custody = custody;
    this.#policy = policy;
  }

  /** What the rules come to for clips that are footage, without changing anything. */
  async rule(transaction: Pick<Transaction, 'all'>, clips: readonly ClipFacts[]): Promise<RuledClip[]> {
    const footage = clips.filter(({ kind }) => kind !== 'sidecar');
    const evidence = await readClipEvidence(transaction.all, footage, this.#policy);
    return footage.map((clip, position) => {
      const own = evidence[position] as ClipEvidence;
      const decision = decideLinks(own, this.#policy);
      return { clip, evidence: own, decision, suggestions: suggestLinks(own, this.#policy) };
    });
  }

  /** Resolves with the clips whose links or mapping changed. */
  async reckon(transaction: Transaction, clipIds: readonly string[]): Promise<string[]> {
    const clips = await readClipFacts(transaction.all, clipIds);
    const sidecarIds = clips.filter(({ kind }) => kind === 'sidecar').map(({ clipId }) => clipId);
    const ruled = await this.rule(transaction, clips);
    const links = await readLinksOf(transaction.all, clipIds);
    const before = await readMappings(transaction.all, clipIds);
    const entries = await LinkEntries.begin(transaction, this.#custody);
    const mappings: ClipMapping[] = [];
    const changed: string[] = [];
    for (const one of ruled) {
      const { clipId } = one.clip;
      const standing = links.get(clipId) ?? [];
      if (isTooEarly(one) && !before.has(clipId)) continue;
      const mapping = mappingOf(one, before.get(clipId), standing);
      const isRelinked =
        mapping.decidedBy === 'rules' &&
        (await entries.change(clipId, standing, one.decision.links, groundOf(one)));
      if (!isSameMapping(before.get(clipId), mapping)) mappings.push(mapping);
      else if (!isRelinked) continue;
      changed.push(clipId);
    }
    await writeMappings(transaction, mappings);
    const followers = new Set([...sidecarIds, ...(await this.#followersOf(transaction, clips, changed))]);
    changed.push(...(await this.#reckonSidecars(transaction, entries, [...followers])));
    await markLinked(transaction, [...clipIds, ...changed], [...links.values()].flat());
    return changed;
  }

  async #followersOf(
    transaction: Transaction,
    clips: readonly ClipFacts[],
    changed: readonly string[],
  ): Promise<string[]> {
    const followed = clips.filter(({ clipId, kind }) => kind !== 'sidecar' && changed.includes(clipId));
    if (followed.length === 0) return [];
    return [...(await readSidecars(transaction.all, followed)).values()].flat();
  }

  /** A file beside footage belongs where the footage does. */
  async #reckonSidecars(
    transaction: Transaction,
    entries: LinkEntries,
    sidecarIds: readonly string[],
  ): Promise<string[]> {
    if (sidecarIds.length === 0) return [];
    const before = await readMappings(transaction.all, sidecarIds);
    const changed: string[] = [];
    for (const sidecar of await readClipFacts(transaction.all, sidecarIds)) {
      const standingMapping = before.get(sidecar.clipId);
      if (standingMapping?.decidedBy === 'person') continue;
      const followedId = await readFollowed(transaction.all, sidecar);
      const ids = [sidecar.clipId, ...(followedId === null ? [] : [followedId])];
      const links = await readLinksOf(transaction.all, ids);
      const followed =
        followedId === null ? undefined : (await readMappings(transaction.all, [followedId])).get(followedId);
      const mapping = followingMapping(sidecar.clipId, followedId, followed);
      const ground = { actor: 'gateway', reason: 'follows-clip', evidence: { follows: followedId } };
      const wanted = followedId === null ? [] : (links.get(followedId) ?? []);
      const isRelinked = await entries.change(
        sidecar.clipId,
        links.get(sidecar.clipId) ?? [],
        wanted,
        ground,
      );
      const isSetAside = mapping.state === 'set-aside' && standingMapping?.state !== 'set-aside';
      if (isSetAside) await entries.setAside(sidecar.clipId, ground);
      if (isSameMapping(standingMapping, mapping)) {
        if (isRelinked) changed.push(sidecar.clipId);
        continue;
      }
      await writeMappings(transaction, [mapping]);
      changed.push(sidecar.clipId);
    }
    return changed;
  }
}

/** Marks what rests on the links of clips: those that stood before, and those that stand now. */
export async function markLinked(
  transaction: Transaction,
  clipIds: readonly string[],
  before: readonly ClipLink[],
): Promise<void> {
  const links = [...before, ...[...(await readLinksOf(transaction.all, clipIds)).values()].flat()];
  await markDue(
    transaction,
    'activity',
    links.flatMap(({ activityId }) => activityId ?? []),
  );
  await markDue(
    transaction,
    'case',
    links.filter(({ activityId }) => activityId === null).map(({ caseId }) => caseId),
  );
}

/** What is still being recorded, and for no operation, waits for nobody until its time is known. */
function isTooEarly({ clip, decision }: RuledClip): boolean {
  return clip.isRecording && decision.links.length === 0;
}

/** How a clip stands when the rules have spoken. */
export function mappingOf(
  { clip, evidence, decision }: RuledClip,
  before: ClipMapping | undefined,
  standing: readonly ClipLink[],
): ClipMapping {
  const possible = evidence.recorded === null ? null : possiblePart(evidence.recorded.span);
  const base = {
    clipId: clip.clipId,
    officerId: evidence.wearer.state === 'known' ? evidence.wearer.officerId : null,
    recordedFromMs: wholeOrNull(possible?.lowMs, Math.floor),
    recordedToMs: wholeOrNull(possible?.highMs, Math.ceil),
  };
  const rulesSaid = decision.links.map(targetOf);
  if (before?.decidedBy === 'person') {
    const isContradicted =
      !before.reasons.includes('unlinked-by-person') &&
      !isEachAmong(rulesSaid, [...standing, ...before.rulesSaid]);
    if (!isContradicted) {
      const reasons = before.reasons.filter((reason) => reason !== 'contradicts-person');
      return { ...before, ...base, state: settled(before, standing, reasons), reasons };
    }
    const suggestions = rulesSaid.map((target) => ({ ...target, grounds: [], apartMs: null }));
    return { ...before, ...base, state: 'queued', reasons: ['contradicts-person'], suggestions };
  }
  const state = decision.reasons.length > 0 ? 'queued' : 'linked';
  const { reasons, suggestions } = decision;
  return { ...base, state, reasons, suggestions, decidedBy: 'rules', rulesSaid };
}

/** A clip that a person took out of a case and put into none waits; one set aside stays so. */
function settled(
  { state }: ClipMapping,
  standing: readonly ClipLink[],
  reasons: readonly string[],
): ClipMapping['state'] {
  if (reasons.length > 0) return 'queued';
  if (standing.length > 0) return 'linked';
  return state === 'queued' ? 'set-aside' : state;
}

function followingMapping(
  clipId: string,
  followedId: string | null,
  followed: ClipMapping | undefined,
): ClipMapping {
  const isAlone = followedId === null;
  return {
    clipId,
    state: followed?.state ?? 'queued',
    officerId: followed?.officerId ?? null,
    recordedFromMs: followed?.recordedFromMs ?? null,
    recordedToMs: followed?.recordedToMs ?? null,
    reasons: isAlone ? ['sidecar-alone'] : followed?.state === 'linked' ? [] : ['follows-clip'],
    suggestions: [],
    decidedBy: 'rules',
    rulesSaid: [],
  };
}

function groundOf({ evidence, decision }: RuledClip) {
  const { wearer, recorded } = evidence;
  const spans =
    recorded === null
      ? null
      : { basis: recorded.basis, start: json(recorded.span.start), end: json(recorded.span.end) };
  return {
    actor: 'gateway',
    reason: 'rules',
    evidence: {
      officerId: wearer.state === 'known' ? wearer.officerId : null,
      officerGrounds: wearer.state === 'known' ? wearer.grounds : [wearer.reason],
      recorded: spans,
      reasons: decision.reasons,
    },
  };
}

function json(interval: { lowMs: number; highMs: number }): { [key: string]: JsonValue } {
  const bound = (value: number) => (Number.isFinite(value) ? value : null);
  return { lowMs: bound(interval.lowMs), highMs: bound(interval.highMs) };
}

function targetOf({ caseId, activityId, step }: LinkTarget): LinkTarget {
  return { caseId, activityId, step };
}

function isEachAmong(targets: readonly LinkTarget[], others: readonly LinkTarget[]): boolean {
  return targets.every((target) => others.some((other) => isSameTarget(target, other)));
}

function wholeOrNull(value: number | undefined, round: (value: number) => number): number | null {
  return value === undefined || !Number.isFinite(value) ? null : round(value);
}
