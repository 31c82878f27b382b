import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { patient } from '../patience.ts';
import { GuestAgent, type ShellResult } from './guest-agent.ts';
import { connectSoon } from './lines.ts';
import { type MachineParts, qemuArguments } from './qemu-arguments.ts';
import { Qmp } from './qmp.ts';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Everything takes some twenty times longer under emulation. */
const shellTimeoutMs = 120_000;
const bootTimeoutMs = 300_000;

/** A machine under QEMU's emulation, with a controller for USB 2 and 3 to plug things into. */
export class Machine {
  readonly qmp: Qmp;
  /** Sockets, console and whatever else belongs to this run. */
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #agent: GuestAgent;

  private constructor(child: ChildProcess, qmp: Qmp, agent: GuestAgent, folder: string) {
    this.#child = child;
    this.qmp = qmp;
    this.#agent = agent;
    this.folder = folder;
  }

  /** Starts from nothing; resolves when the agent answers and systemd is done starting. */
  static async boot(parts: MachineParts, folder: string): Promise<Machine> {
    const machine = await Machine.#start(parts, folder, []);
    const limit = new AbortController();
    await Promise.race([
      machine.#agent.up,
      delay(patient(bootTimeoutMs), undefined, { signal: limit.signal }).then(() => {
        throw new Error('the machine did not boot');
      }),
    ]).finally(() => limit.abort());
    await machine.attempt('systemctl is-system-running --wait', bootTimeoutMs);
    return machine;
  }

  /** Goes on where a saved machine stood, with its clock set right. */
  static async restore(parts: MachineParts, stateFile: string, folder: string): Promise<Machine> {
    const machine = await Machine.#start(parts, folder, ['-incoming', `exec:cat '${stateFile}'`]);
    const status = () => machine.qmp.execute<{ status: string }>('query-status');
    while ((await status()).status === 'inmigrate') await delay(20);
    await machine.qmp.execute('cont');
    await machine.sh(`date -s @${(Date.now() / 1000).toFixed(1)} >/dev/null`);
    return machine;
  }

  static async #start(parts: MachineParts, folder: string, more: string[]): Promise<Machine> {
    await mkdir(folder, { recursive: true });
    const child = spawn('qemu-system-x86_64', [...qemuArguments(parts, folder), ...more], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running.add(child);
    child.on('exit', () => running.delete(child));
    child.stderr?.pipe(createWriteStream(join(folder, 'qemu.log')));
    const gone = new AbortController();
    child.on('error', (error) => gone.abort(error));
    child.on('exit', () => gone.abort(new Error(`QEMU ended while starting; see ${folder}/qemu.log`)));
    const qmp = new Qmp(await connectSoon(join(folder, 'qmp'), gone.signal));
    await qmp.execute('qmp_capabilities');
    const agent = new GuestAgent(await connectSoon(join(folder, 'agent'), gone.signal));
    return new Machine(child, qmp, agent, folder);
  }

  /** Runs a command in the guest and resolves with what it wrote. Throws where it fails. */
  async sh(command: string, timeoutMs = shellTimeoutMs): Promise<string> {
    const { code, output } = await this.#agent.run(command, timeoutMs);
    if (code !== 0) throw new Error(`in the guest, ended with ${code}: ${command}\n${output.trim()}`);
    return output;
  }

  /** The same, where failing is an answer too. */
  attempt(command: string, timeoutMs = shellTimeoutMs): Promise<ShellResult> {
    return this.#agent.run(command, timeoutMs);
  }

  /** Asks again and again until the command succeeds; resolves with what it wrote then. */
  async until(command: string, timeoutMs = shellTimeoutMs): Promise<string> {
    const deadline = performance.now() + patient(timeoutMs);
    for (;;) {
      const { code, output } = await this.attempt(command, timeoutMs);
      if (code === 0) return output;
      if (performance.now() > deadline) throw new Error(`never came true: ${command}\n${output.trim()}`);
      await delay(1_000);
    }
  }

  /** Stops the machine and writes its memory and devices to a file. */
  async save(stateFile: string): Promise<void> {
    await this.qmp.execute('stop');
    await this.qmp.execute('migrate-set-parameters', { 'max-bandwidth': 10 ** 10 });
    await this.qmp.execute('migrate', { uri: `exec:cat > '${stateFile}.part'` });
    for (;;) {
      const { status } = await this.qmp.execute<{ status: string }>('query-migrate');
      if (status === 'completed') break;
      if (status === 'failed' || status === 'cancelled') throw new Error('the state could not be saved');
      await delay(20);
    }
    await rename(`${stateFile}.part`, stateFile);
  }

  /** Cuts the power: nothing in the guest hears of it. */
  async off(): Promise<void> {
    const exited =
      this.#child.exitCode === null && this.#child.signalCode === null ? once(this.#child, 'exit') : null;
    this.#child.kill('SIGKILL');
    await exited;
    this.qmp.close();
    this.#agent.close();
  }
}
