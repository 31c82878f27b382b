import { setTimeout as delay } from 'node:timers/promises';
import type { Machine } from '../machine/machine.ts';
import type { Footage } from '../media/footage.ts';
import { patient } from '../patience.ts';

/** The parts of the API's answers that scenarios judge by. */
export interface SlotAnswer {
  slot: string;
  state: string;
  safeToUndock: boolean;
  issue: { code: string; detail: string } | null;
  progress: { clipsTotal: number; clipsDone: number; bytesDone: number; bytesTotal: number } | null;
  clock: { state: string; offsetMs?: number };
  recorder: { serialNumber: string | null; driver: string; model: string | null } | null;
}

export interface ClipAnswer {
  name: string;
  path: string;
  state: string;
  slot: string;
  sha256: string | null;
  sizeBytes: number;
  quarantine: { reason: string; detail: string } | null;
}

const api = 'http://127.0.0.1:8686/api/v1';
const archive = '/var/lib/docket/archive/clips';
const patienceMs = 300_000;
/** Each look costs the guest a second's work. */
const lookEveryMs = 2_000;

/** The gateway in the guest, seen from outside: by its API, and by what lies in the archive. */
export class DocketInGuest {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  async read<Answer>(path: string): Promise<Answer> {
    return JSON.parse(await this.#machine.sh(`curl -sS --max-time 60 '${api}${path}'`)) as Answer;
  }

  async slots(): Promise<SlotAnswer[]> {
    return (await this.read<{ slots: SlotAnswer[] }>('/slots')).slots;
  }

  async clips(filter = ''): Promise<ClipAnswer[]> {
    return (await this.read<{ clips: ClipAnswer[] }>(`/clips?limit=200${filter}`)).clips;
  }

  /** Waits until a slot fits. Throws with how it stands when it never does. */
  async slotThat(
    slot: string,
    fits: (answer: SlotAnswer) => boolean,
    timeoutMs = patienceMs,
  ): Promise<SlotAnswer> {
    const deadline = performance.now() + patient(timeoutMs);
    for (;;) {
      const slots = await this.slots();
      const answer = slots.find((one) => one.slot === slot);
      if (answer !== undefined && fits(answer)) return answer;
      if (performance.now() > deadline) {
        throw new Error(`slot ${slot} did not come so far: ${JSON.stringify(slots)}`);
      }
      await delay(lookEveryMs);
    }
  }

  safe(slot: string, timeoutMs?: number): Promise<SlotAnswer> {
    return this.slotThat(slot, (answer) => answer.state === 'safe', timeoutMs);
  }

  copying(slot: string): Promise<SlotAnswer> {
    return this.slotThat(slot, ({ progress }) => progress !== null && progress.bytesDone > 0);
  }

  /** A recorder that left before its clips were safe is remembered by its slot until the next one comes. */
  left(slot: string): Promise<SlotAnswer> {
    return this.slotThat(slot, ({ state, issue }) => state === 'empty' || issue?.code === 'recorder-gone');
  }

  empty(slot: string): Promise<SlotAnswer> {
    return this.slotThat(slot, (answer) => answer.state === 'empty');
  }

  /** Waits until every clip is in the archive, then has another program hash what lies there. */
  async archived(footage: readonly Footage[], timeoutMs = patienceMs): Promise<void> {
    const files = footage.map(
      ({ sha256 }) => `${archive}/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`,
    );
    await this.#machine.until(`ls ${files.join(' ')} >/dev/null`, timeoutMs);
    const lines = (await this.#machine.sh(`sha256sum ${files.join(' ')}`)).trim().split('\n');
    for (const line of lines) {
      const [hash, file] = line.split(/\s+/u);
      if (hash === undefined || !file?.endsWith(`/${hash}`))
        throw new Error(`the archive holds other bytes: ${line}`);
    }
    const objects = Number(await this.#machine.sh(`find ${archive} -type f | wc -l`));
    if (objects !== new Set(files).size)
      throw new Error(`the archive holds ${objects} objects, not ${files.length}`);
  }

  /** Waits until every clip has its receipt. */
  async receipted(count: number, timeoutMs = patienceMs): Promise<void> {
    const deadline = performance.now() + patient(timeoutMs);
    for (;;) {
      const clips = await this.clips();
      if (clips.filter(({ state }) => state === 'receipted' || state === 'released').length >= count) return;
      if (performance.now() > deadline) throw new Error(`not ${count} receipts: ${JSON.stringify(clips)}`);
      await delay(lookEveryMs);
    }
  }

  /** Everything the store says of itself, checked by `docket verify`. */
  verify(): Promise<string> {
    return this.#machine.sh('docket verify /var/lib/docket/store', 300_000);
  }

  /** Runs the gateway with settings of the scenario's own. */
  async restartWith(settings: Record<string, string>): Promise<void> {
    const lines = Object.entries(settings).map(([name, value]) => `Environment="${name}=${value}"`);
    const folder = '/etc/systemd/system/docket.service.d';
    await this.#machine.sh(
      `mkdir -p ${folder}; printf '%s\\n' '[Service]' ${lines.map((line) => `'${line}'`).join(' ')} >${folder}/lab.conf; systemctl daemon-reload; systemctl restart docket`,
      600_000,
    );
  }
}
