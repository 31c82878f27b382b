import { parseDateTime } from '../../clock/date-time.ts';
import type { TProperties } from '../../schema.ts';
import { encodeBody } from '../../smp/body.ts';
import { clipPathOfFileName } from '../../smp/clip-name.ts';
import { smpErrorNumbers } from '../../smp/device-error.ts';
import type { Message, RequestOf, ResponseOf } from '../../smp/message.ts';
import { closeFile, download, fileHash, fileStatus, hashTypes } from '../../smp/messages/fs.ts';
import {
  eraseImage,
  imageErrorNumbers,
  readImages,
  uploadImage,
  writeImageState,
} from '../../smp/messages/image.ts';
import { echo, readDateTime, readInfo, readParameters, reset, writeDateTime } from '../../smp/messages/os.ts';
import {
  type ClipEntry,
  eraseClip,
  listClips,
  markClip,
  readClip,
  readIdentity,
  readStatus,
  recorderErrorNumbers,
  writeIdentity,
} from '../../smp/messages/recorder.ts';
import type { SimulatedClock } from '../simulated-clock.ts';
import { type Body, type Reply, refusal, reply, type SimulatedRequest } from './behaviour.ts';
import type { Card } from './card.ts';
import type { FirmwareSlots, UploadVerdict } from './firmware-slots.ts';
import type { RecorderState } from './recorder-state.ts';

export interface SimulatedParts {
  card: Card;
  clock: SimulatedClock;
  identity: ResponseOf<typeof readIdentity>;
  state: RecorderState;
  slots: FirmwareSlots;
  /** Bytes of one packet, and how many the recorder holds. */
  bufferBytes: number;
  bufferCount: number;
  batteryPercent: number;
  capacityBytes: number;
}

/** Thrown by a handler to answer with an error. */
class Refusal extends Error {
  readonly group: number | null;
  readonly rc: number;

  constructor(group: number | null, rc: number) {
    super(`refused with ${rc}`);
    this.group = group;
    this.rc = rc;
  }
}

interface Handler {
  name: string;
  handle(body: Body): Promise<Body>;
}

/** Room an answer takes around its data: header, keys, numbers. */
const envelopeBytes = 64;
const noSuchFile = new Refusal(8, 3);
const noSuchClip = new Refusal(64, recorderErrorNumbers.notFound);
const invalidValue = new Refusal(null, smpErrorNumbers.invalidValue);
const badState = new Refusal(null, smpErrorNumbers.badState);

/** How an honest recorder answers every message. */
export function defaultBehaviour(parts: SimulatedParts): (request: SimulatedRequest) => Promise<Reply> {
  const handlers = [
    ...osHandlers(parts),
    ...imageHandlers(parts),
    ...fileHandlers(parts),
    ...recorderHandlers(parts),
  ];
  return async (request) => {
    const handler = handlers.find(({ name }) => name === request.name);
    if (handler === undefined) return refusal(request.header, null, smpErrorNumbers.notSupported);
    try {
      return reply(await handler.handle(request.body));
    } catch (error) {
      if (error instanceof Refusal) return refusal(request.header, error.group, error.rc);
      throw error;
    }
  };
}

function answer<Request extends TProperties, Response extends TProperties>(
  message: Message<Request, Response>,
  handle: (
    body: RequestOf<Message<Request, Response>>,
  ) => Promise<ResponseOf<Message<Request, Response>>> | ResponseOf<Message<Request, Response>>,
): Handler {
  return {
    name: message.name,
    handle: async (body) => (await handle(body as RequestOf<Message<Request, Response>>)) as Body,
  };
}

function osHandlers({ clock, slots, bufferBytes, bufferCount }: SimulatedParts): Handler[] {
  return [
    answer(echo, ({ d }) => ({ r: d })),
    answer(readDateTime, () => ({ datetime: clock.text() })),
    answer(writeDateTime, ({ datetime }) => {
      const parsed = parseDateTime(datetime);
      if (parsed === null) throw invalidValue;
      clock.set(parsed.wallMs - (parsed.zoneOffsetMs ?? clock.zoneOffsetMs));
      return {};
    }),
    // The restart itself follows once the answer is on the line.
    answer(reset, () => ({})),
    answer(readParameters, () => ({ buf_size: bufferBytes, buf_count: bufferCount })),
    answer(readInfo, () => ({ output: `Zephyr ${slots.running.version}` })),
  ];
}

function imageHandlers({ slots, state }: SimulatedParts): Handler[] {
  const images = () => {
    state.keep({ slots: slots.stored });
    return { images: slots.list() as ResponseOf<typeof readImages>['images'] };
  };
  return [
    answer(readImages, images),
    answer(writeImageState, ({ hash, confirm = false }) => {
      if (!confirm && hash === undefined) throw invalidValue;
      const hex = hash === undefined ? null : Buffer.from(hash).toString('hex');
      const done = confirm ? slots.confirm(hex) : slots.test(hex ?? '');
      if (done === 'unknown') throw imageRefusal('hashNotFound');
      if (done === 'active') throw imageRefusal('testOfActive');
      return images();
    }),
    answer(uploadImage, (piece) => {
      const verdict = slots.take(piece);
      if ('refused' in verdict) throw imageRefusal(refusalOfUpload[verdict.refused]);
      return verdict;
    }),
    answer(eraseImage, ({ slot = 1 }) => {
      if (!slots.erase(slot)) throw badState;
      state.keep({ slots: slots.stored });
      return {};
    }),
  ];
}

type UploadRefusal = Extract<UploadVerdict, { refused: unknown }>['refused'];
const refusalOfUpload: Record<UploadRefusal, keyof typeof imageErrorNumbers> = {
  'no-header': 'invalidHeader',
  'bad-magic': 'invalidMagic',
  'too-large': 'tooLarge',
  overrun: 'overrun',
  pending: 'alreadyPending',
};

function imageRefusal(name: keyof typeof imageErrorNumbers): Refusal {
  return new Refusal(1, imageErrorNumbers[name]);
}

function fileHandlers({ card, identity, bufferBytes }: SimulatedParts): Handler[] {
  const pathOf = (name: string): Uint8Array => {
    const path = clipPathOfFileName(identity.root, name);
    if (path === null) throw noSuchFile;
    return path;
  };
  return [
    answer(download, async ({ off, name }) => {
      const path = pathOf(name);
      const entry = off === 0 ? await card.find(path) : null;
      const data = await card.read(path, off, bufferBytes - envelopeBytes);
      if (data === null || (off === 0 && entry === null)) throw noSuchFile;
      return entry === null ? { off, data } : { off, data, len: entry.size };
    }),
    answer(fileStatus, async ({ name }) => {
      const entry = await card.find(pathOf(name));
      if (entry === null) throw noSuchFile;
      return { len: entry.size };
    }),
    answer(fileHash, async ({ name, type }) => {
      if (type !== 'sha256') throw new Refusal(8, 13);
      const hash = await card.hash(pathOf(name));
      if (hash === null) throw noSuchFile;
      return { type: 'sha256', len: hash.sizeBytes, output: hash.sha256 };
    }),
    answer(hashTypes, () => ({ types: { sha256: { format: 1, size: 32 } } })),
    answer(closeFile, async () => {
      await card.closeFile();
      return {};
    }),
  ];
}

function recorderHandlers(parts: SimulatedParts): Handler[] {
  const { card, identity, state, slots, bufferBytes } = parts;
  const marked = (entry: ClipEntry): ClipEntry => {
    const mark = state.stored.marks[Buffer.from(entry.path).toString('hex')];
    return mark === undefined ? entry : { ...entry, marked: mark };
  };
  return [
    answer(readIdentity, () => ({ ...identity, ...state.stored.identity, firmware: slots.running.version })),
    answer(readStatus, async () => {
      const used = (await card.list()).reduce((sum, { size }) => sum + size, 0);
      const free = Math.max(0, parts.capacityBytes - used);
      return { battery: parts.batteryPercent, charging: true, capacity: parts.capacityBytes, free };
    }),
    answer(writeIdentity, (written) => {
      state.keep({ identity: { ...state.stored.identity, ...written } });
      return {};
    }),
    answer(markClip, async ({ path, marked: mark }) => {
      if ((await card.find(path)) === null) throw noSuchClip;
      state.keep({ marks: { ...state.stored.marks, [Buffer.from(path).toString('hex')]: mark } });
      return {};
    }),
    answer(listClips, async ({ after }) => {
      const rest = (await card.list()).map(marked).filter(({ path }) => Buffer.compare(path, after) > 0);
      const clips = firstThatFit(rest, bufferBytes - envelopeBytes);
      return { clips, more: clips.length < rest.length };
    }),
    answer(readClip, async ({ path }) => {
      const entry = await card.find(path);
      if (entry === null) throw noSuchClip;
      return marked(entry);
    }),
    answer(eraseClip, async ({ path, size, sha256 }) => {
      const hash = await card.hash(path);
      if (hash === null) throw noSuchClip;
      if (hash.sizeBytes !== size || !Buffer.from(hash.sha256).equals(sha256)) {
        throw new Refusal(64, recorderErrorNumbers.proofMismatch);
      }
      await card.erase(path);
      return {};
    }),
  ];
}

function firstThatFit(entries: readonly ClipEntry[], roomBytes: number): ClipEntry[] {
  const fitting: ClipEntry[] = [];
  let used = 0;
  for (const entry of entries) {
    used += encodeBody(entry).length;
    if (used > roomBytes && fitting.length > 0) break;
    fitting.push(entry);
  }
  return fitting;
}
