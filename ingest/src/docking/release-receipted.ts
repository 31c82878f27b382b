import { isRecorderError, isRecorderLost, type Recorder } from '@docket/device-protocol';
import { insertClip, type RegisteredClip, type RegistrationContext } from '../clip/clip-index.ts';
import type { StoreServices } from '../pull/taking.ts';
import { releaseClip } from '../release/release-clip.ts';
import type { ReleaseRule } from '../release/release-policy.ts';
import type { DockingIssue } from './docking-record.ts';
import type { ActQueue } from './operator-acts.ts';

export interface ReleaseServices extends StoreServices {
  releaseRule: ReleaseRule;
  onReceipted(listener: (clipId: string) => void): () => void;
}

export interface ReleaseRun {
  recorder: Recorder;
  dockingId: string;
  /** Every clip that lies on the recorder and stands in the store. */
  clips: readonly RegisteredClip[];
  /** For a clip that turns out to be another than the one archived under its name: it gets a row, and is then taken. */
  registration: RegistrationContext;
  signal: AbortSignal;
  /** Acts of operators that wait for the recorder. */
  acts: ActQueue;
  performActs(): Promise<void>;
  onReleasing(clip: RegisteredClip): void;
  onReleased(clip: RegisteredClip): void;
  /** Nothing is being erased now; with the issue of the last failure, if any. */
  onIdle(issue: DockingIssue | null): void;
}

/**
 * Stays with the docked recorder and frees each clip once its receipts are there and policy allows, and between that does
 * what operators ask. Returns when the signal aborts; throws where the recorder is lost, and CLIP_CHANGED where a clip is not the one that was archived: the
 * docking must then begin anew and take it.
 */
export async function releaseWhenReceipted(services: ReleaseServices, run: ReleaseRun): Promise<void> {
  const due = new Map(run.clips.map((clip) => [clip.clipId, clip]));
  // Looked at once, and again with each receipt: what may not go today, a receipt may free.
  const toLook = new Set(due.keys());
  const mayErase = services.releaseRule.policy !== 'never' && run.recorder.capabilities.has('erase');
  let issue: DockingIssue | null = null;
  let wake = () => {};
  const stopListening = services.onReceipted((clipId) => {
    if (!due.has(clipId)) return;
    toLook.add(clipId);
    wake();
  });
  run.acts.onAdded(() => wake());
  const onAbort = () => wake();
  run.signal.addEventListener('abort', onAbort, { once: true });
  try {
    while (!run.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (mayErase) issue = await releaseDue(services, run, { due, toLook }, issue);
      await run.performActs();
      if (!run.signal.aborted) await woken;
    }
  } finally {
    stopListening();
    run.signal.removeEventListener('abort', onAbort);
  }
}

/** Frees what is due now; resolves with the issue of the last failure, of now or before. */
async function releaseDue(
  services: ReleaseServices,
  run: ReleaseRun,
  { due, toLook }: { due: Map<string, RegisteredClip>; toLook: Set<string> },
  issueBefore: DockingIssue | null,
): Promise<DockingIssue | null> {
  let issue = issueBefore;
  let isBusy = false;
  const looked = [...toLook].flatMap((clipId) => due.get(clipId) ?? []);
  toLook.clear();
  for (const clip of await receipted(services, looked)) {
    if (run.signal.aborted) return issue;
    try {
      const verdict = await releaseClip(
        services,
        {
          ...run,
          rule: services.releaseRule,
          onReleasing: () => {
            isBusy = true;
            run.onReleasing(clip);
          },
        },
        clip,
      );
      if (!verdict.mayRelease) continue;
      run.onReleased(clip);
    } catch (error) {
      if (run.signal.aborted || isRecorderLost(error) || !isRecorderError(error)) throw error;
      if (error.code === 'CLIP_CHANGED') {
        await services.database.write((transaction) =>
          insertClip(transaction, services.custody, run.registration, clip.listed),
        );
        throw error;
      }
      issue = { code: 'release-failed', detail: error.message };
    }
    due.delete(clip.clipId);
  }
  if (isBusy) {
    await run.recorder.endRelease?.();
    run.onIdle(issue);
  }
  return issue;
}

/** Those of the clips whose receipt is there. */
async function receipted(
  services: ReleaseServices,
  clips: readonly RegisteredClip[],
): Promise<RegisteredClip[]> {
  const rows = await services.database.read(
    `SELECT clip_id FROM clip WHERE state = 'receipted' AND quarantine_reason IS NULL
     AND clip_id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(clips.map((clip) => clip.clipId))],
  );
  const ready = new Set(rows.map((row) => String(row.clip_id)));
  return clips.filter((clip) => ready.has(clip.clipId));
}
