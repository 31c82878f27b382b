import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { type GreyFrame, readFrames } from './frame-stream.ts';

/** Text longer than any code of ours is not read on. */
const longestText = 2_000;
const mostCodesInFrame = 4;

export interface ReadCode {
  /** Which picture of the stream, from 0. */
  frame: number;
  text: string;
}

/** What the worker is asked, and what it answers. */
export interface WorkerQuestion {
  question: number;
  frames: Uint8Array;
}
export interface WorkerAnswer {
  question: number;
  codes: ReadCode[] | null;
  fault: string | null;
}

if (parentPort !== null) {
  const port = parentPort;
  const ready = loadReader();
  port.on('message', ({ question, frames }: WorkerQuestion) => {
    ready
      .then(() => decodeAll(frames))
      .then(
        (codes) => port.postMessage({ question, codes, fault: null } satisfies WorkerAnswer),
        (error: unknown) =>
          port.postMessage({ question, codes: null, fault: String(error) } satisfies WorkerAnswer),
      );
  });
}

/** From the package on disk: by itself the module would ask a server on the Internet for its binary. */
async function loadReader(): Promise<void> {
  const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const bytes = await readFile(file);
  const wasmBinary = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}

async function decodeAll(stream: Uint8Array): Promise<ReadCode[]> {
  const codes: ReadCode[] = [];
  for (const [frame, picture] of readFrames(stream).entries()) {
    const found = await readBarcodes(imageOf(picture), {
      formats: ['QRCode'],
      tryHarder: true,
      maxNumberOfSymbols: mostCodesInFrame,
    });
    for (const { isValid, text } of found) {
      if (isValid && text.length <= longestText) codes.push({ frame, text });
    }
  }
  return codes;
}

/** As the decoder wants pictures: four bytes a pixel. */
function imageOf({ width, height, pixels }: GreyFrame): Parameters<typeof readBarcodes>[0] {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    data.fill(pixels[pixel] ?? 0, pixel * 4, pixel * 4 + 3);
    data[pixel * 4 + 3] = 255;
  }
  return { width, height, data, colorSpace: 'srgb' } as Parameters<typeof readBarcodes>[0];
}
