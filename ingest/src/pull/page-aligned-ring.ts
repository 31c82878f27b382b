/**
 * Bytes in one buffer of a ring, and so the unit in which footage is read, written and hashed. Larger ones cross
 * between threads less often, smaller ones stay in a core's own cache between one hash and the next.
 */
export const chunkBytes = 2 * 1024 * 1024;

/** O_DIRECT wants buffers, positions and lengths in multiples of this. */
export const directAlignmentBytes = 4096;

/** Wasm memory grows in pages of 64 KiB. */
const wasmPageBytes = 65_536;

/** Node has no other way to page-aligned memory that threads can share; the type is not in Node's own. */
interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
}
declare const WebAssembly: {
  Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => WasmMemory;
};

/** Memory that starts on a page border (O_DIRECT needs that) and can be shared with a worker. */
export function allocatePageAligned(sizeBytes: number): SharedArrayBuffer {
  const pages = Math.ceil(sizeBytes / wasmPageBytes);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }).buffer;
}

/** One buffer of a ring. */
export interface Chunk {
  readonly index: number;
  readonly offsetBytes: number;
  readonly bytes: Uint8Array;
}

/**
 * A fixed set of page-aligned buffers. Whoever wants one waits until one is free, which bounds the memory of a pull
 * whatever the speeds of recorder, disk and hash.
 */
export class PageAlignedRing {
  readonly memory: SharedArrayBuffer;
  readonly #free: Chunk[];
  readonly #waiting: ((chunk: Chunk) => void)[] = [];

  constructor(chunks: number) {
    this.memory = allocatePageAligned(chunks * chunkBytes);
    this.#free = Array.from({ length: chunks }, (_, index) => ({
      index,
      offsetBytes: index * chunkBytes,
      bytes: new Uint8Array(this.memory, index * chunkBytes, chunkBytes),
    }));
  }

  /** Resolves with a free buffer; its old content is whatever it last held. */
  acquire(): Promise<Chunk> {
    const chunk = this.#free.pop();
    if (chunk !== undefined) return Promise.resolve(chunk);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  release(chunk: Chunk): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(chunk);
    else next(chunk);
  }
}

/** Rings not in use. Each costs address space far beyond its size, so they are used again rather than collected. */
const idleRings: PageAlignedRing[] = [];

/** Buffers in a borrowed ring: enough to keep recorder, hash and disk busy at once. */
const chunksInRing = 4;

/** Hands out a ring, an idle one where there is one. */
export function borrowRing(): PageAlignedRing {
  return idleRings.pop() ?? new PageAlignedRing(chunksInRing);
}

/** Takes a ring back. Only when nothing reads into or out of it any more: after a stall it must be dropped instead. */
export function returnRing(ring: PageAlignedRing): void {
  idleRings.push(ring);
}
