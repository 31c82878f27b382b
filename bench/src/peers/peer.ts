/** What stands at the end of a job, so that figures are read beside what they buy. */
export interface Guarantee {
  /** How often the source is read. */
  sourceReads: number;
  hash: string;
  fsync: string;
  /** Whether the copy appears whole or not at all. */
  atomicName: boolean;
  /** Where the copy is read from when it is compared. */
  readBack: string;
  index: string;
}

/** Where a peer reads and what it may write. */
export interface Places {
  /** A folder of clips, without sub-folders. */
  source: string;
  /** A folder that does not exist yet. */
  destination: string;
  /** A folder for lists of digests. */
  notes: string;
}

/** One command that counts, or the untimed forgetting of cached pages between two of them. */
export type Stage = { type: 'timed'; command: readonly string[] } | { type: 'drop-cache'; folder: string };

/** One way to bring clips from a folder to the store. */
export interface Peer {
  readonly name: string;
  /** `bound` does only a part of the work, and shows what that part costs alone. */
  readonly role: 'docket' | 'peer' | 'bound';
  readonly guarantee: Guarantee | null;
  /** Commands that print the versions of the tools needed. */
  readonly tools: readonly (readonly string[])[];
  stages(places: Places): Stage[];
  /** SHA-256 by clip name, where the job leaves any. */
  digests(places: Places): Promise<ReadonlyMap<string, string> | null>;
}

/** A stage that runs a shell script; `$1`, `$2`, `$3` are source, destination and notes. */
export function shellStage(script: string, { source, destination, notes }: Places): Stage {
  return { type: 'timed', command: ['sh', '-ec', script, 'sh', source, destination, notes] };
}
