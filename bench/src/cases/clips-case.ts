import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dropCache } from '../drop-cache.ts';
import { storedClips } from '../peers/docket.ts';
import type { Peer, Places } from '../peers/peer.ts';
import { addCosts, type Cost, loadNow, runCommand, runTimed } from '../run-command.ts';
import { shuffled } from '../statistics.ts';
import { makeClips } from './make-clips.ts';

/** Clips that all peers take, one peer after the other. */
export interface ClipsCase {
  name: 'single' | 'small';
  title: string;
  clips: number;
  clipBytes: number;
}

export interface Run {
  peer: string;
  round: number;
  load: number;
  cost: Cost;
  /** Bytes of the copy still cached when it was read again; above 0 the reading was not all from the disk. */
  cachedBytes: number;
}

export interface ClipsResult extends ClipsCase {
  runs: Run[];
  /** Peers whose SHA-256 of every clip were compared and found the same. */
  digestsAgree: string[];
  /** Whether Docket's stored files were compared with the source byte by byte. */
  bytesCompared: boolean;
}

/** Runs every peer `rounds` times in random order, each into a fresh destination that is deleted afterwards. */
export async function runClipsCase(
  clipsCase: ClipsCase,
  peers: readonly Peer[],
  rounds: number,
  workFolder: string,
  say: (line: string) => void,
): Promise<ClipsResult> {
  const source = join(workFolder, `${clipsCase.name}-source`);
  say(`${clipsCase.title}: making the source`);
  await makeClips(source, clipsCase.clips, clipsCase.clipBytes);
  const check = new CopyCheck(clipsCase.clips);
  const runs: Run[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const peer of shuffled(peers)) {
      const places = {
        source,
        destination: join(workFolder, 'destination'),
        notes: join(workFolder, 'notes'),
      };
      await mkdir(places.notes);
      const load = loadNow();
      const { cost, cachedBytes } = await runPeer(peer, places);
      runs.push({ peer: peer.name, round, load, cost, cachedBytes });
      await check.see(peer, places);
      await rm(places.destination, { recursive: true, force: true });
      await rm(places.notes, { recursive: true });
      // What one peer left to be written must not be charged to the next.
      await runCommand(['sync']);
      say(`  round ${round}: ${peer.name} ${cost.wallSeconds.toFixed(2)} s`);
    }
  }
  await rm(source, { recursive: true });
  return { ...clipsCase, runs, digestsAgree: check.agreeing(), bytesCompared: check.bytesCompared };
}

async function runPeer(peer: Peer, places: Places): Promise<{ cost: Cost; cachedBytes: number }> {
  let cost: Cost | null = null;
  let cachedBytes = 0;
  for (const stage of peer.stages(places)) {
    if (stage.type === 'drop-cache') {
      cachedBytes += await dropCache(stage.folder);
      continue;
    }
    const stageCost = await runTimed(stage.command, join(places.notes, 'time'));
    cost = cost === null ? stageCost : addCosts(cost, stageCost);
  }
  if (cost === null) throw new Error(`${peer.name} has nothing to measure`);
  return { cost, cachedBytes };
}

/** Holds every peer to the same bytes. Throws where digests or bytes differ. */
class CopyCheck {
  readonly #clips: number;
  readonly #agreeing = new Set<string>();
  #expected: ReadonlyMap<string, string> | null = null;
  bytesCompared = false;

  constructor(clips: number) {
    this.#clips = clips;
  }

  async see(peer: Peer, places: Places): Promise<void> {
    const digests = await peer.digests(places);
    if (digests !== null) {
      this.#expected ??= digests;
      if (digests.size !== this.#clips)
        throw new Error(`${peer.name} has ${digests.size} clips of ${this.#clips}`);
      for (const [name, digest] of digests) {
        if (this.#expected.get(name) !== digest) throw new Error(`${peer.name} has another ${name}`);
      }
      this.#agreeing.add(peer.name);
    }
    if (peer.role !== 'docket' || this.bytesCompared) return;
    for await (const { name, path } of storedClips(places.destination)) {
      await runCommand(['cmp', path, join(places.source, name)]);
    }
    this.bytesCompared = true;
  }

  agreeing(): string[] {
    return [...this.#agreeing];
  }
}
