import { createHash } from 'node:crypto';
import { isRecorderError, RecorderError } from '../errors.ts';
import { shown } from '../names/shown.ts';
import type { FirmwareAccess, FirmwareImage } from '../recorder.ts';
import { encodeBody } from './body.ts';
import { DeviceError } from './device-error.ts';
import { headerBytes } from './header.ts';
import type { ResponseOf } from './message.ts';
import { readImages, uploadImage, writeImageState } from './messages/image.ts';
import { reset } from './messages/os.ts';
import type { SmpSession } from './session.ts';

/** The slot that does not run is erased before the first piece is answered, which takes many times an answer. */
const erasePatience = 15;
/** Answers in a row that bring an upload no further. */
const maxStandstills = 8;
const maxBodyBytes = 0xffff;

/** Firmware update over the image group. `packetBytes`: the longest packet the recorder takes. */
export function smpFirmware(session: SmpSession, packetBytes: number): FirmwareAccess {
  return {
    list: async (signal) => imagesOf(await ask(session.request(readImages, {}, { signal }))),
    upload: (image, onProgress, signal) => upload(session, packetBytes, image, onProgress, signal),
    test: async (hash, signal) => {
      const request = { hash: Buffer.from(hash, 'hex'), confirm: false };
      const images = imagesOf(await ask(session.request(writeImageState, request, { signal })));
      if (images.some((image) => image.hash === hash && image.pending)) return;
      throw refused('the image is not set to be started');
    },
    confirm: async (signal) => {
      const images = imagesOf(await ask(session.request(writeImageState, { confirm: true }, { signal })));
      if (images.some(({ active, confirmed }) => active && confirmed)) return;
      throw refused('the running image is not confirmed');
    },
    reset: async (signal) => {
      // Gone before its answer came through: it does what it was told.
      await ask(session.request(reset, {}, { signal })).catch((error: unknown) => {
        if (!isRecorderError(error) || error.code !== 'RECORDER_GONE') throw error;
      });
    },
  };
}

async function upload(
  session: SmpSession,
  packetBytes: number,
  image: Uint8Array,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const sha = createHash('sha256').update(image).digest();
  const options = { signal, timeoutMs: session.timeoutMs * erasePatience };
  let standstills = 0;
  for (let position = 0; ; ) {
    const request = pieceAt(image, position, sha, packetBytes);
    const answer = await ask(session.request(uploadImage, request, position === 0 ? options : { signal }));
    const next = answer.off;
    if (next === undefined || next > image.length) {
      throw new RecorderError('PROTOCOL_VIOLATION', `the recorder waits for byte ${next} of ${image.length}`);
    }
    standstills = next > position ? 0 : standstills + 1;
    if (standstills > maxStandstills) {
      throw refused(`the upload comes no further than byte ${next} of ${image.length}`);
    }
    position = next;
    onProgress(position);
    if (position < image.length) continue;
    if (answer.match === false) throw refused('the recorder holds other bytes than were sent');
    return;
  }
}

/** As much of the image as one packet takes. */
function pieceAt(image: Uint8Array, off: number, sha: Uint8Array, packetBytes: number) {
  const envelope = off === 0 ? { len: image.length, off, sha } : { off };
  // The data's own key and length take up to nine bytes more: `data`, and three of a byte string.
  const around = headerBytes + encodeBody(envelope).length + 9;
  const room = Math.max(Math.min(packetBytes, maxBodyBytes) - around, 1);
  return { ...envelope, data: image.subarray(off, off + room) };
}

function imagesOf({ images }: ResponseOf<typeof readImages>): FirmwareImage[] {
  return images.map((entry) => ({
    image: entry.image ?? 0,
    slot: entry.slot,
    version: shown(entry.version) ?? '',
    hash: entry.hash === undefined ? null : Buffer.from(entry.hash).toString('hex'),
    bootable: entry.bootable ?? false,
    pending: entry.pending ?? false,
    confirmed: entry.confirmed ?? false,
    active: entry.active ?? false,
  }));
}

/** A refusal by the recorder as a RecorderError. */
async function ask<Answer>(request: Promise<Answer>): Promise<Answer> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    const code = error.isNotSupported ? 'NOT_SUPPORTED' : 'FIRMWARE_REFUSED';
    throw new RecorderError(code, error.message, { cause: error });
  }
}

function refused(message: string): RecorderError {
  return new RecorderError('FIRMWARE_REFUSED', message);
}
