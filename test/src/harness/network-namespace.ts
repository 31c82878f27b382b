import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A network of its own for a process, with one cable to this machine that can be cut: packets are dropped and nobody is
 * told, as in a partition. Needs root.
 */
export class NetworkNamespace {
  /** This machine's end of the cable. */
  readonly address: string;
  readonly name: string;
  readonly #cable: string;

  private constructor(name: string, cable: string, address: string) {
    this.name = name;
    this.#cable = cable;
    this.address = address;
  }

  static async open(): Promise<NetworkNamespace> {
    const number = process.pid % 16_000;
    const network = `10.${192 + Math.floor(number / 250)}.${number % 250}`;
    const namespace = new NetworkNamespace(`docket-${process.pid}`, `dkt${process.pid}`, `${network}.1`);
    try {
      await namespace.#build(`${network}.2`);
      return namespace;
    } catch (error) {
      await namespace.close();
      throw error;
    }
  }

  /** The command that runs another one inside. */
  inside(command: string, parameters: readonly string[]): { command: string; parameters: string[] } {
    return { command: 'ip', parameters: ['netns', 'exec', this.name, command, ...parameters] };
  }

  async cut(): Promise<void> {
    await this.#nft('add table inet cut');
    for (const way of ['input', 'output']) {
      await this.#nft(`add chain inet cut ${way} { type filter hook ${way} priority 0; policy drop; }`);
      const loopback = way === 'input' ? 'iif lo' : 'oif lo';
      await this.#nft(`add rule inet cut ${way} ${loopback} accept`);
    }
  }

  async mend(): Promise<void> {
    await this.#nft('delete table inet cut');
  }

  async close(): Promise<void> {
    await run('ip', ['link', 'delete', this.#cable]).catch(() => undefined);
    await run('ip', ['netns', 'delete', this.name]).catch(() => undefined);
  }

  async #build(inner: string): Promise<void> {
    const inside = (...parameters: string[]) => run('ip', ['netns', 'exec', this.name, ...parameters]);
    const end = `${this.#cable}n`;
    await run('ip', ['netns', 'add', this.name]);
    await run('ip', ['link', 'add', this.#cable, 'type', 'veth', 'peer', 'name', end, 'netns', this.name]);
    await run('ip', ['address', 'add', `${this.address}/30`, 'dev', this.#cable]);
    await run('ip', ['link', 'set', this.#cable, 'up']);
    await inside('ip', 'address', 'add', `${inner}/30`, 'dev', end);
    await inside('ip', 'link', 'set', end, 'up');
    await inside('ip', 'link', 'set', 'lo', 'up');
  }

  async #nft(command: string): Promise<void> {
    await run('ip', ['netns', 'exec', this.name, 'nft', command]);
  }
}

/** Why no such network can be made here, or `null` where it can. */
export const whyNoNamespaces: string | null = (() => {
  const name = `docket-try-${process.pid}`;
  try {
    execFileSync('ip', ['netns', 'add', name], { stdio: 'pipe' });
    try {
      execFileSync('ip', ['netns', 'exec', name, 'nft', 'add table inet cut'], { stdio: 'pipe' });
    } finally {
      execFileSync('ip', ['netns', 'delete', name], { stdio: 'pipe' });
    }
    return null;
  } catch (error) {
    return `no network namespaces here: ${String(error).split('\n')[0]}`;
  }
})();
