import { type CaseStep, caseSteps } from '../cases/case-terms.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';
import type { ActGround } from '../register/recorder-ledger.ts';
import { type ClipFacts, readClipFacts, readSidecars } from './clip-facts.ts';
import { type ClipLink, readLinksOf } from './clip-link.ts';
import { type ClipMapping, readMappings, writeMappings } from './clip-mapping.ts';
import { type ClipReckoning, mappingOf, markLinked } from './clip-reckoning.ts';
import type { LinkTarget } from './decision.ts';
import { LinkEntries, type WantedLink } from './link-entries.ts';

/** Where a person says a clip belongs: an activity, or a case and perhaps a step of it. */
export type WantedTarget = { activityId: string } | { caseId: string; step: CaseStep | null };

interface ActedClip {
  clip: ClipFacts;
  mapping: ClipMapping;
  standing: ClipLink[];
}

/** What persons say of clips. Each act is one transaction, for all its clips or for none. */
export class LinkActs {
  readonly #custody: CustodyLog;
  readonly #clips: ClipReckoning;

  constructor(custody: CustodyLog, clips: ClipReckoning) {
    this.#custody = custody;
    this.#clips = clips;
  }

  async link(
    transaction: Transaction,
    clipIds: readonly string[],
    targets: readonly WantedTarget[],
    ground: ActGround,
  ): Promise<void> {
    const wanted: WantedLink[] = [];
    for (const target of targets) {
      wanted.push({ ...(await findTarget(transaction, target)), source: 'manual', confidence: 'certain' });
    }
    await this.#each(transaction, clipIds, ground, () => ({ wanted, reasons: [], state: 'linked' }));
  }

  async unlink(
    transaction: Transaction,
    clipIds: readonly string[],
    from: { caseId?: string; activityId?: string },
    ground: ActGround,
  ): Promise<void> {
    const isMeant = ({ caseId, activityId }: LinkTarget) =>
      (from.caseId === undefined || from.caseId === caseId) &&
      (from.activityId === undefined || from.activityId === activityId);
    await this.#each(transaction, clipIds, ground, ({ standing }) => {
      const wanted = standing.filter((link) => !isMeant(link));
      return wanted.length > 0
        ? { wanted, reasons: [], state: 'linked' }
        : { wanted, reasons: ['unlinked-by-person'], state: 'queued' };
    });
  }

  async setAside(transaction: Transaction, clipIds: readonly string[], ground: ActGround): Promise<void> {
    await this.#each(transaction, clipIds, ground, () => ({ wanted: [], reasons: [], state: 'set-aside' }));
  }

  async reopen(transaction: Transaction, clipIds: readonly string[], ground: ActGround): Promise<void> {
    const acted = await this.#read(transaction, clipIds);
    const entries = await LinkEntries.begin(transaction, this.#custody);
    for (const { clip, standing } of acted) {
      const manual = standing.filter(({ source }) => source === 'manual');
      const others = standing.filter(({ source }) => source !== 'manual');
      const because = manualGround(ground, []);
      const isEnded = await entries.change(clip.clipId, [...manual, ...others], others, because);
      if (!isEnded) await entries.takeBack(clip.clipId, because);
    }
    await writeMappings(
      transaction,
      acted.map(({ mapping }) => ({ ...mapping, decidedBy: 'rules' })),
    );
    await markLinked(
      transaction,
      clipIds,
      acted.flatMap(({ standing }) => standing),
    );
    await this.#clips.reckon(transaction, clipIds);
  }

  async #each(
    transaction: Transaction,
    clipIds: readonly string[],
    ground: ActGround,
    decide: (acted: ActedClip) => Pick<ClipMapping, 'reasons' | 'state'> & { wanted: readonly WantedLink[] },
  ): Promise<void> {
    const acted = await this.#read(transaction, clipIds);
    const entries = await LinkEntries.begin(transaction, this.#custody);
    const mappings: ClipMapping[] = [];
    for (const one of acted) {
      const { clip, mapping, standing } = one;
      const { wanted, reasons, state } = decide(one);
      const because = manualGround(ground, mapping.rulesSaid);
      const isChanged = await entries.change(clip.clipId, standing, wanted, because);
      if (!isChanged && state === 'queued') await entries.takeBack(clip.clipId, because);
      if (state === 'set-aside' && mapping.state !== 'set-aside')
        await entries.setAside(clip.clipId, because);
      mappings.push({
        ...mapping,
        state,
        reasons,
        suggestions: reasons.length > 0 ? mapping.suggestions : [],
        decidedBy: 'person',
      });
    }
    await writeMappings(transaction, mappings);
    const sidecars = await readSidecars(
      transaction.all,
      acted.map(({ clip }) => clip),
    );
    // The clips themselves too: what is counted of them has changed.
    await markDue(transaction, 'clip', [...clipIds, ...[...sidecars.values()].flat()]);
    await markLinked(
      transaction,
      clipIds,
      acted.flatMap(({ standing }) => standing),
    );
  }

  /** The clips as they stand, with what the rules say of them now. Throws CLIP_UNKNOWN. */
  async #read(transaction: Transaction, clipIds: readonly string[]): Promise<ActedClip[]> {
    const clips = await readClipFacts(transaction.all, clipIds);
    const missing = clipIds.find((clipId) => !clips.some((clip) => clip.clipId === clipId));
    if (missing !== undefined)
      throw new IngestError('CLIP_UNKNOWN', `no clip ${missing} stands in the store`);
    const links = await readLinksOf(transaction.all, clipIds);
    const before = await readMappings(transaction.all, clipIds);
    const ruled = new Map((await this.#clips.rule(transaction, clips)).map((one) => [one.clip.clipId, one]));
    return clips.map((clip) => {
      const one = ruled.get(clip.clipId);
      const standing = links.get(clip.clipId) ?? [];
      const mapping = one === undefined ? before.get(clip.clipId) : mappingOf(one, undefined, standing);
      return {
        clip,
        standing,
        mapping: { ...(mapping ?? unmapped(clip.clipId)), state: before.get(clip.clipId)?.state ?? 'queued' },
      };
    });
  }
}

/** Throws LINK_TARGET_UNKNOWN. */
async function findTarget(transaction: Transaction, target: WantedTarget): Promise<LinkTarget> {
  if ('activityId' in target) {
    const [row] = await transaction.all(
      'SELECT case_id, step FROM activity WHERE activity_id = ? AND NOT is_withdrawn',
      [target.activityId],
    );
    if (row === undefined)
      throw new IngestError('LINK_TARGET_UNKNOWN', `there is no activity ${target.activityId}`);
    const step = caseSteps.find((one) => one === row.step) ?? null;
    return { caseId: String(row.case_id), activityId: target.activityId, step };
  }
  const [row] = await transaction.all(
    'SELECT case_id FROM enforcement_case WHERE case_id = ? AND NOT is_withdrawn',
    [target.caseId],
  );
  if (row === undefined) throw new IngestError('LINK_TARGET_UNKNOWN', `there is no case ${target.caseId}`);
  return { caseId: target.caseId, activityId: null, step: target.step };
}

function manualGround({ operator, reason }: ActGround, rulesSaid: readonly LinkTarget[]) {
  return {
    actor: `operator:${operator}`,
    reason,
    evidence: { rulesSaid: rulesSaid.map(({ caseId, activityId }) => ({ caseId, activityId })) },
  };
}

function unmapped(clipId: string): ClipMapping {
  return {
    clipId,
    state: 'queued',
    officerId: null,
    recordedFromMs: null,
    recordedToMs: null,
    reasons: [],
    suggestions: [],
    decidedBy: 'rules',
    rulesSaid: [],
  };
}
