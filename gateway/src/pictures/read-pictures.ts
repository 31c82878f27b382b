import { StringDecoder } from 'node:string_decoder';
import { type Pictures, PicturesBuilder } from '@docket/ingest';
import { codedPictureArguments, type PictureCodec } from '../previews/ffmpeg-arguments.ts';
import { runTool, ToolError } from '../previews/run-tool.ts';

/** A line for a picture has about 120 characters; four million pictures are the most that are kept. */
const mostOutputBytes = 640 * 1024 * 1024;
const longestReadMs = 3_600_000;
const longestLine = 4_096;
/** As ffmpeg writes a time stamp that a container does not tell. */
const noTimestamp = '-9223372036854775808';

/**
 * The coded pictures of a stored file. ffmpeg only takes the container apart: it decodes nothing, leaves out all that is
 * no slice (ITU-T H.264 table 7-1, H.265 table 7-1), writes the same start codes whatever the container used, and hashes
 * what is left, picture by picture, in its own process. Nothing of the file passes through this one. Throws ToolError, and
 * RangeError for more pictures than are kept.
 */
export async function readPictures(
  file: string,
  codec: PictureCodec,
  signal: AbortSignal,
): Promise<Pictures> {
  const reader = new FrameHashReader();
  const stopping = new AbortController();
  let failure: unknown = null;
  await runTool({
    command: 'ffmpeg',
    arguments: codedPictureArguments(file, codec),
    timeoutMs: longestReadMs,
    maxOutputBytes: mostOutputBytes,
    signal: AbortSignal.any([signal, stopping.signal]),
    onOutput: (chunk) => {
      if (failure !== null) return;
      try {
        reader.take(chunk);
      } catch (error) {
        failure = error;
        stopping.abort();
      }
    },
  }).catch((error: unknown) => {
    throw failure ?? error;
  });
  return reader.pictures();
}

/** Reads what ffmpeg's `framehash` writes: `#tb 0: 1/90000`, then `stream, dts, pts, duration, size, hash` a line. */
class FrameHashReader {
  readonly #decoder = new StringDecoder('latin1');
  readonly #builder = new PicturesBuilder();
  #rest = '';
  #tickMs: number | null = null;

  take(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > longestLine) throw malformed();
    for (const line of lines) this.#takeLine(line);
  }

  pictures(): Pictures {
    return this.#builder.built();
  }

  #takeLine(line: string): void {
    if (line.startsWith('#')) {
      const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)$/u.exec(line) ?? [];
      if (denominator !== undefined) this.#tickMs = (Number(numerator) * 1_000) / Number(denominator);
      return;
    }
    const [, decoded, shown, , , hash = ''] = line.split(',').map((field) => field.trim());
    const ticks = Number(shown === noTimestamp ? decoded : shown);
    if (this.#tickMs === null || !Number.isFinite(ticks) || !/^[0-9a-f]{64}$/u.test(hash)) throw malformed();
    this.#builder.add({ atMs: ticks * this.#tickMs, hash: Buffer.from(hash, 'hex') });
  }
}

function malformed(): ToolError {
  return new ToolError('failed', 'ffmpeg', 'frame hashes of another form');
}
