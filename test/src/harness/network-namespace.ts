import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A network of its own for a process, with one cable to this machine that can be cut: packets are dropped and nobody is
 * told, as in a partition. Needs root.
 */
export class NetworkNamespace {
  readonly name: string;
  readonly #cable: string;
  /** The first three numbers of every address on the cable. */
  readonly #network: string;
  /** Times that both ends got another address. */
  #moves = 0;

  private constructor(name: string, cable: string, network: string) {
    this.name = name;
    this.#cable = cable;
    this.#network = network;
  }

  /** This machine's end of the cable. */
  get address(): string {
    return `${this.#network}.${4 * this.#moves + 1}`;
  }

  /** The other end. */
  get peerAddress(): string {
    return `${this.#network}.${4 * this.#moves + 2}`;
  }

  static async open(): Promise<NetworkNamespace> {
    const number = process.pid % 16_000;
    const network = `10.${192 + Math.floor(number / 250)}.${number % 250}`;
    const namespace = new NetworkNamespace(`docket-${process.pid}`, `dkt${process.pid}`, network);
    try {
      await namespace.#build();
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

  /**
   * From now on so many of a hundred packets are lost, each way. Between machine and cable, where who sends is not told: a
   * filter of the machine's own output would have its programs see an error.
   */
  async lose(percent: number): Promise<void> {
    await this.#nft('add table netdev lossy');
    for (const way of ['ingress', 'egress']) {
      const hook = `type filter hook ${way} device ${this.#cable}n priority 0;`;
      await this.#nft(`add chain netdev lossy ${way} { ${hook} }`);
      await this.#nft(`add rule netdev lossy ${way} numgen random mod 100 < ${percent} drop`);
    }
  }

  /** Both ends get other addresses; what goes to or comes from the old ones is lost, and nobody is told. */
  async move(): Promise<void> {
    const end = `${this.#cable}n`;
    await this.#inside('ip', 'address', 'flush', 'dev', end);
    await run('ip', ['address', 'flush', 'dev', this.#cable]);
    this.#moves += 1;
    await this.#giveAddresses();
  }

  async close(): Promise<void> {
    await run('ip', ['link', 'delete', this.#cable]).catch(() => undefined);
    await run('ip', ['netns', 'delete', this.name]).catch(() => undefined);
  }

  async #build(): Promise<void> {
    const end = `${this.#cable}n`;
    await run('ip', ['netns', 'add', this.name]);
    await run('ip', ['link', 'add', this.#cable, 'type', 'veth', 'peer', 'name', end, 'netns', this.name]);
    await run('ip', ['link', 'set', this.#cable, 'up']);
    await this.#inside('ip', 'link', 'set', end, 'up');
    await this.#inside('ip', 'link', 'set', 'lo', 'up');
    await this.#giveAddresses();
  }

  async #giveAddresses(): Promise<void> {
    await run('ip', ['address', 'add', `${this.address}/30`, 'dev', this.#cable]);
    await this.#inside('ip', 'address', 'add', `${this.peerAddress}/30`, 'dev', `${this.#cable}n`);
  }

  async #nft(command: string): Promise<void> {
    await this.#inside('nft', command);
  }

  async #inside(command: string, ...parameters: string[]): Promise<void> {
    await run('ip', ['netns', 'exec', this.name, command, ...parameters]);
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
