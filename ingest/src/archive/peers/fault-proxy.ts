import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** `up`: from the dock to the archive; `down`: what the archive answers. */
export type Direction = 'up' | 'down';

/** What happens once, after so many bytes. */
export type BreakKind = 'reset' | 'close' | 'flip-bit';

interface Break {
  kind: BreakKind;
  /** On the count of its direction. */
  atByte: number;
  happened(): void;
}

interface Way {
  bytes: number;
  breaks: Break[];
  /** When the line is free again, where it has a rate. */
  freeAtMs: number;
}

/** How often it is looked whether the line flows again. */
const hangLookMs = 20;

/**
 * A line between a dock and an archive, with the faults lines have: real sockets on both sides, bytes passed on as they
 * come. `close()` leaves no socket and no timer.
 */
export class FaultProxy {
  /** The most that goes through in a second, each direction for itself and all connections together; `null`: all. */
  bytesPerSecond: number | null = null;
  /** How long each piece is held up, one after the other. */
  delayMs = 0;
  /** Connections are taken and stay open, and nothing moves on them: a hang without an error. */
  isHanging = false;
  /** New connections are reset at once: a host that is up, and a service that is not. */
  isRefusing = false;
  /** Taken since the beginning. */
  connections = 0;

  readonly #server: Server;
  readonly #target: { host: string; port: number };
  readonly #open = new Set<Socket>();
  readonly #closed = new AbortController();
  readonly #ways: Record<Direction, Way> = {
    up: { bytes: 0, breaks: [], freeAtMs: 0 },
    down: { bytes: 0, breaks: [], freeAtMs: 0 },
  };

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#take(client));
  }

  /** Listens on a free port; both ends are on the loopback, unless another address of this machine is told to listen on. */
  static async open(targetPort: number, address = '127.0.0.1'): Promise<FaultProxy> {
    const proxy = new FaultProxy({ host: '127.0.0.1', port: targetPort });
    proxy.#server.listen(0, address);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  /** Bytes that came in from the dock, and from the archive, whether they were passed on or not. */
  get carried(): Record<Direction, number> {
    return { up: this.#ways.up.bytes, down: this.#ways.down.bytes };
  }

  /** Breaks the line once, when so many more bytes came that way. Resolves when it happened. */
  breakAfter(bytes: number, direction: Direction, kind: BreakKind): Promise<void> {
    const way = this.#ways[direction];
    return new Promise((resolve) => {
      way.breaks.push({ kind, atByte: way.bytes + bytes, happened: resolve });
    });
  }

  /** Resets every connection there is now. */
  resetAll(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.resetAll();
    this.#server.close();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  #take(client: Socket): void {
    this.connections += 1;
    client.on('error', () => undefined);
    if (this.isRefusing) {
      client.resetAndDestroy();
      return;
    }
    const archive = connect({ ...this.#target, allowHalfOpen: true });
    for (const [socket, other] of [
      [client, archive],
      [archive, client],
    ] as const) {
      this.#open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#open.delete(socket);
        if (socket.errored !== null) other.destroy();
      });
    }
    void this.#carry(client, archive, 'up');
    void this.#carry(archive, client, 'down');
  }

  /** Carries one direction of one connection until it ends, on either side or by a fault. */
  async #carry(from: Socket, to: Socket, direction: Direction): Promise<void> {
    try {
      // The other direction of the connection lives on when this one ends.
      for await (const piece of from.iterator({ destroyOnReturn: false })) {
        const goesOn = await this.#pass(piece, to, direction);
        if (goesOn) continue;
        from.end();
        from.resume();
        break;
      }
      to.end();
    } catch {
      // A line that breaks is what this is for; both ends are told.
      from.resetAndDestroy();
      to.resetAndDestroy();
    }
  }

  /** Resolves with whether the line goes on. Throws where it is reset. */
  async #pass(piece: Buffer, to: Socket, direction: Direction): Promise<boolean> {
    const way = this.#ways[direction];
    const firstByte = way.bytes;
    way.bytes += piece.length;
    await this.#wait(piece.length, way);
    const due = way.breaks.filter(({ atByte }) => atByte < firstByte + piece.length);
    way.breaks = way.breaks.filter((one) => !due.includes(one));
    let passed = piece;
    for (const one of due.sort((a, b) => a.atByte - b.atByte)) {
      const at = Math.max(0, one.atByte - firstByte);
      if (one.kind === 'flip-bit') {
        passed = Buffer.from(passed);
        passed[at] = (passed[at] ?? 0) ^ 1;
      } else {
        await write(to, passed.subarray(0, at));
      }
      one.happened();
      if (one.kind === 'reset') throw new Error('the line was reset');
      if (one.kind === 'close') return false;
    }
    await write(to, passed);
    return true;
  }

  /** Until the rate, the delay and a hang let the piece through. */
  async #wait(bytes: number, way: Way): Promise<void> {
    const { signal } = this.#closed;
    if (this.bytesPerSecond !== null) {
      const now = performance.now();
      const waitMs = way.freeAtMs - now;
      way.freeAtMs = Math.max(now, way.freeAtMs) + (bytes / this.bytesPerSecond) * 1000;
      if (waitMs > 0) await delay(waitMs, undefined, { signal });
    }
    if (this.delayMs > 0) await delay(this.delayMs, undefined, { signal });
    while (this.isHanging) await delay(hangLookMs, undefined, { signal });
  }
}

/** Writes, and waits until there is room for more. */
async function write(socket: Socket, bytes: Buffer): Promise<void> {
  if (bytes.length === 0 || socket.write(bytes)) return;
  await new Promise<void>((resolve, reject) => {
    const settle = () => {
      socket.off('drain', settle);
      socket.off('close', settle);
      if (socket.destroyed) reject(new Error('the other side is gone'));
      else resolve();
    };
    socket.on('drain', settle);
    socket.on('close', settle);
  });
}
