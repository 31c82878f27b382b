import type {
  ArchiveProbeCheck,
  ArchiveQueueEntry,
  ArchiveTarget,
  ArchiveTargetState,
} from '../contract/index.ts';

const states: Record<ArchiveTargetState, string> = {
  working: 'clips are going out',
  idle: 'nothing waits',
  waiting: 'waits for its time',
  paused: 'paused',
  unreachable: 'does not answer',
  busy: 'asked to be left alone for a while',
  full: 'full',
  denied: 'does not let the dock in',
  failing: 'fails again and again',
  unproven: 'its WORM is not proven',
};

const counts: Record<ArchiveTarget['counts'], string> = {
  yes: 'yes',
  unsound: 'no: its probe failed',
  'worm-not-proven': 'no: WORM not proven',
};

const checks: Record<ArchiveProbeCheck, string> = {
  put: 'takes a canary, in one piece and in parts',
  'read-back': 'gives back the same bytes',
  'wrong-hash': 'refuses bytes with a wrong hash',
  resume: 'goes on with an upload that was cut off',
  clock: 'its clock',
  retention: 'keeps the retention it was given',
  'worm-delete': 'refuses to delete',
  'worm-bypass': 'refuses to delete by any bypass',
  'worm-shorten': 'refuses to shorten the retention',
  'worm-overwrite': 'lets nothing be written over it',
  'worm-intact': 'still has the canary, byte for byte',
};

const entryStates: Record<ArchiveQueueEntry['state'], string> = { queued: 'waits', dead: 'given up' };

/** Words of the commands of `docket archive` that ask a running gateway. */
export const archiveDeskEn = {
  states,
  counts,
  checks,
  entryStates,
  outcomes: { passed: 'passed', failed: 'FAILED', 'not-applicable': '–' },
  columns: ['Target', 'State', 'Important', 'Other', 'Given up', 'Rate', 'Counts for release'],
  queueColumns: ['Clip', 'Target', 'State', 'Name', 'Size', 'Due', 'Attempts', 'Last error'],
  pausedBy: (person: string, time: string, reason: string) => `paused by ${person}, ${time}: ${reason}`,
  lastError: (time: string, message: string) => `${time}: ${message}`,
  misses: (clips: number, first: string | null) =>
    `${clips} clips will miss their deadline${first === null ? '' : `, the first ${first}`}`,
  checkFailed: (check: string, detail: string) => `probe failed: ${check} (${detail})`,
  feedFails: (feed: string, records: number, message: string) =>
    `  feed ${feed}: ${records} records wait: ${message}`,
  nothingWaits: 'Nothing waits.',
  more: 'There are more.',
  probing: (target: string) => `${target}: the probe takes longer; see docket archive status`,
  wormProven: 'WORM proven',
  wormNotProven: 'WORM not proven',
  retried: (clips: number) => `${clips} clips are sent again`,
  demanded: (waiting: number, demanded: number) =>
    `${waiting} of them are not archived everywhere yet; ${demanded} now go first`,
  demandWhat: 'ask by --clip, by --case, or by --from and --to',
  aTime: 'a time such as 2026-11-22T08:30 or 2026-11-22T00:30Z',
  examples: {
    status: ['docket archive status', 'docket archive status --json'],
    queue: ['docket archive queue --target archive', 'docket archive queue --dead'],
    probe: ['docket archive probe', 'docket archive probe archive --person 张三'],
    pause: ['docket archive pause archive --reason "the line is being mended" --person 张三'],
    resume: ['docket archive resume archive --reason "the line is back" --person 张三'],
    retry: ['docket archive retry archive --reason "room was made" --person 张三'],
    demand: [
      'docket archive demand --case CASE-001 --reason "the court asks" --person 张三',
      'docket archive demand --from 2026-11-22T08:00 --to 2026-11-22T10:00 --reason "complaint" --person 张三',
    ],
    dockKey: ['docket archive dock-key > dock.vkey'],
  },
};

export const archiveDeskHelpEn = {
  archiveStatus:
    'show every archive target: what it does, what waits for it, and whether it counts for release',
  archiveQueue:
    'list the clips that an archive has not signed for, in the order in which they go; 200 at most',
  archiveQueueTarget: 'only those that wait for this target',
  archiveQueueDead: 'only those that were given up',
  archiveProbe: 'put archive targets to the test: write a canary, and try what must not be possible',
  archiveProbeTarget: 'name of the target; every one where it is left out',
  archivePause: 'send a target nothing until it is resumed',
  archiveResume: 'let a paused target go on',
  archiveRetry: 'send again what failed at a target, what was given up too',
  archiveRetryClip: 'only this clip',
  archiveDemand: 'have clips archived next, whatever their tier and window',
  archiveDemandClip: 'a clip; may be repeated',
  archiveDemandCase: 'every clip of a case',
  archiveDemandFrom: 'clips that may show some of the time from here …',
  archiveDemandTo: '… to here',
  archiveDemandRecorder: 'of this recorder alone',
  archiveDockKey: 'print the public keys that the dock signs receipts with',
  archiveTarget: 'name of the target',
  archiveReason: 'why; kept in the custody log',
  archivePerson: 'who asks; needed where the dock has no tokens',
};
