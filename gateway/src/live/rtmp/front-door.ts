import { createServer, type Server, type Socket } from 'node:net';
import type { FeedEnd, FeedEndCause } from '@docket/device-protocol/live';

export interface DoorLimits {
  connections: number;
  connectionsPerAddress: number;
  /** From the first byte to the right to publish. */
  admissionMs: number;
  admissionBytes: number;
}

export interface FrontDoorOptions {
  address: string;
  /** 0: the system chooses. */
  port: number;
  limits: DoorLimits;
  /** A way to the media server; `null` while there is none. */
  connectInside(connection: number): Socket | null;
}

/** How long the media server may take to read what a publisher sent last. */
const partingMs = 1_000;

/**
 * Where RTMP comes in. Counts and times connections before the media server sees a byte of them, and knows of each how
 * it ended.
 */
export class FrontDoor {
  readonly #options: FrontDoorOptions;
  readonly #server: Server;
  readonly #connections = new Map<number, DoorConnection>();
  readonly #perAddress = new Map<string, number>();
  #next = 1;

  constructor(options: FrontDoorOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#receive(socket));
    // Faults of single connections (no more descriptors) must not end the process.
    this.#server.on('error', () => {});
  }

  /** Resolves with the port. Throws where it cannot be had. */
  listen(): Promise<number> {
    const { address, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, address, () => {
        this.#server.off('error', reject);
        const bound = this.#server.address();
        resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
      });
    });
  }

  get(connection: number): DoorConnection | null {
    return this.#connections.get(connection) ?? null;
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Takes nobody in any more, and ends whoever is in. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const all = [...this.#connections.values()];
    for (const connection of all) connection.end('closed', 'the gateway stops');
    await Promise.all(all.map(({ ended }) => ended));
    await closed;
  }

  #receive(socket: Socket): void {
    const { limits, connectInside } = this.#options;
    const address = socket.remoteAddress;
    const ofAddress = this.#perAddress.get(address ?? '') ?? 0;
    const id = this.#next;
    const hasRoom = this.#connections.size < limits.connections && ofAddress < limits.connectionsPerAddress;
    const inside = hasRoom && address !== undefined ? connectInside(id) : null;
    if (address === undefined || inside === null) {
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    this.#next = (this.#next % 0xffff_ffff) + 1;
    const connection = new DoorConnection(id, address, socket, inside, limits);
    this.#connections.set(id, connection);
    this.#perAddress.set(address, ofAddress + 1);
    void connection.ended.then(() => {
      this.#connections.delete(id);
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#perAddress.delete(address);
      else this.#perAddress.set(address, left);
    });
  }
}

/** One connection from outside, and its way to the media server. */
export class DoorConnection {
  readonly id: number;
  readonly address: string;
  /** Resolves once both sides of it are closed; never rejects. */
  readonly ended: Promise<FeedEnd>;
  readonly #outside: Socket;
  readonly #inside: Socket;
  readonly #limits: DoorLimits;
  readonly #admissionTimer: NodeJS.Timeout;
  #partingTimer: NodeJS.Timeout | undefined;
  #onLastWord: () => void = () => {};
  #isIn = false;
  #takenBytes = 0;
  /** How we ended it; what the media server read; how it looked from here. The first of them that is there counts. */
  #ownEnd: FeedEnd | null = null;
  #toldEnd: FeedEnd | null = null;
  #seenEnd: FeedEnd | null = null;

  constructor(id: number, address: string, outside: Socket, inside: Socket, limits: DoorLimits) {
    this.id = id;
    this.address = address;
    this.#outside = outside;
    this.#inside = inside;
    this.#limits = limits;
    this.#admissionTimer = setTimeout(() => this.end('silent', 'nothing was published'), limits.admissionMs);
    outside.on('data', (chunk: Buffer) => this.#pass(chunk));
    outside.on('end', () => this.lose('the recorder closed the connection'));
    outside.on('error', (error) => this.lose(`the connection failed (${codeOf(error)})`));
    outside.on('close', () => this.lose('the connection closed'));
    inside.on('drain', () => outside.resume());
    inside.on('error', () => {});
    inside.pipe(outside);
    this.ended = this.#untilEnded();
  }

  /** It may publish: from now on nothing limits it here. */
  letIn(): void {
    this.#isIn = true;
    clearTimeout(this.#admissionTimer);
  }

  /** Cuts it. The first cause counts. */
  end(cause: FeedEndCause, detail: string): void {
    this.#ownEnd ??= { cause, detail };
    this.#outside.destroy();
    this.#inside.destroy();
    this.#onLastWord();
  }

  /** One side of it is gone; the media server reads what came last. The first of `end` and this counts. */
  lose(detail: string): void {
    if (this.#seenEnd !== null || this.#ownEnd !== null) return;
    this.#seenEnd = { cause: 'connection-lost', detail };
    this.#inside.end();
    this.#partingTimer = setTimeout(() => this.#inside.destroy(), partingMs);
  }

  /** What the media server read of its end. */
  explain(cause: FeedEndCause, detail: string): void {
    this.#toldEnd ??= { cause, detail };
  }

  /** The media server has let go of it, and will say nothing more of it. */
  lastWordIsSaid(): void {
    this.#onLastWord();
  }

  async #untilEnded(): Promise<FeedEnd> {
    const lastWord = new Promise<void>((resolve) => {
      this.#onLastWord = resolve;
    });
    const outsideClosed = untilClosed(this.#outside);
    await untilClosed(this.#inside);
    this.#seenEnd ??= { cause: 'connection-lost', detail: 'the media server went away' };
    this.#outside.destroy();
    await outsideClosed;
    clearTimeout(this.#admissionTimer);
    clearTimeout(this.#partingTimer);
    const patience = setTimeout(this.#onLastWord, partingMs);
    if (this.#ownEnd === null) await lastWord;
    clearTimeout(patience);
    return this.#ownEnd ?? this.#toldEnd ?? this.#seenEnd;
  }

  #pass(chunk: Buffer): void {
    this.#takenBytes += chunk.length;
    if (!this.#isIn && this.#takenBytes > this.#limits.admissionBytes) {
      this.end('refused', 'too much before anything was published');
    } else if (!this.#inside.write(chunk)) this.#outside.pause();
  }
}

function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}
