import { appendFile, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheFolder } from './cache.ts';
import { Lab } from './lab.ts';
import { Machine } from './machine/machine.ts';
import type { MachineParts } from './machine/qemu-arguments.ts';
import { patient } from './patience.ts';
import { inRunFolder } from './run-folder.ts';
import { runProgram } from './run-program.ts';
import type { SavedState } from './saved-state.ts';
import type { Outcome, Scenario } from './scenario.ts';

/** No scenario takes longer than this on a machine that gets anything done. */
const scenarioLimitMs = 8 * 60_000;

/** What is kept of a scenario that failed: what the gateway, systemd, udev and the kernel said. */
const witnesses = {
  'journal.log': 'journalctl --no-pager -o short-precise -b',
  'udev.log': 'udevadm info --export-db',
  'kernel.log': 'dmesg',
  'units.log':
    'systemctl list-units --all --no-pager "docket*"; cat /proc/self/mountinfo; ls -laR /run/docket /var/lib/docket',
  'api.log': 'curl -s --max-time 20 http://127.0.0.1:8686/api/v1/slots http://127.0.0.1:8686/api/v1/clips',
};

/** Runs one scenario in a machine of its own, restored from the saved state, and throws the machine away. */
export async function runScenario(scenario: Scenario, state: SavedState): Promise<Outcome> {
  const reason = (await scenario.missing?.()) ?? null;
  if (reason !== null) return { result: 'skipped', reason };
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    return await inRunFolder(async (folder): Promise<Outcome> => {
      const parts = scenario.keepsData === true ? await withOwnData(state.parts, folder) : state.parts;
      const machine = await Machine.restore(parts, state.stateFile, folder);
      const lab = new Lab(machine, parts.dataDisk);
      try {
        await within(patient(scenarioLimitMs), scenario.run(lab));
        return { result: 'passed', seconds: seconds() };
      } catch (error) {
        const keptIn = await keepWitnesses(scenario, machine, error);
        return { result: 'failed', seconds: seconds(), error: wordsOf(error), keptIn };
      } finally {
        await machine.off();
        await lab.end();
      }
    });
  } catch (error) {
    return { result: 'failed', seconds: seconds(), error: wordsOf(error), keptIn: '' };
  }
}

/** The same machine with a data disk of its own, that stays when the machine is gone. */
async function withOwnData(parts: MachineParts, folder: string): Promise<MachineParts> {
  const dataDisk = join(folder, 'data.ext4');
  await runProgram('cp', ['--sparse=always', parts.dataDisk, dataDisk]);
  return { ...parts, dataDisk, throwaway: false };
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  const timer = new AbortController();
  const limit = delay(limitMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`not done after ${limitMs / 1000} s`);
  });
  await Promise.race([work, limit]).finally(() => timer.abort());
}

async function keepWitnesses(scenario: Scenario, machine: Machine, error: unknown): Promise<string> {
  const folder = join(cacheFolder, 'failed', scenario.name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'error.log'), `${error instanceof Error ? error.stack : String(error)}\n`);
  for (const log of ['console.log', 'qemu.log']) {
    await copyFile(join(machine.folder, log), join(folder, log)).catch(() => {});
  }
  for (const [log, command] of Object.entries(witnesses)) {
    const result = await machine
      .attempt(command, 60_000)
      .catch((cause: unknown) => ({ output: wordsOf(cause) }));
    await appendFile(join(folder, log), result.output);
  }
  return folder;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
