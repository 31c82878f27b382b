/**
 * Example of a driver plugin. The recorders it serves keep every clip in one folder of their card and their own
 * number in `number.txt`. It uses nothing but Node; the types are those of @docket/device-protocol.
 *
 * @import { RecorderPlugin } from '@docket/device-protocol/transport'
 * @import { ClipReader, ListedClip, Recorder } from '@docket/device-protocol'
 */

import { createHash } from 'node:crypto';
import { open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** @type {RecorderPlugin} */
export const recorderPlugin = {
  apiVersion: 1,
  name: 'flat-card',
  serves: [{ by: 'volume' }],
  createDriver: (options) => {
    const folder = options?.folder ?? '';
    if (typeof folder !== 'string') throw new TypeError('options.folder must be a text');
    return {
      name: 'flat-card',
      open: async ({ target }) => {
        if (target.type !== 'volume') throw recorderError('NOT_SUPPORTED', 'only volumes are opened');
        return openCard(join(target.directory, folder));
      },
    };
  },
};

/** An error as Docket understands it: any Error with one of its codes. */
function recorderError(code, message) {
  return Object.assign(new Error(message), { code });
}

/** @returns {Promise<Recorder>} */
async function openCard(directory) {
  const instance = await instanceOf(directory);
  if (instance === null) throw recorderError('RECORDER_GONE', 'there is no card');
  const isPresent = async () => (await instanceOf(directory)) === instance;
  const cannot = (what) => async () => {
    throw recorderError('NOT_SUPPORTED', `this recorder cannot ${what}`);
  };

  async function* list(signal) {
    for (const name of await readNames(directory)) {
      signal.throwIfAborted();
      yield { type: 'clip', clip: await describe(directory, name) };
    }
  }

  async function openClip(clip) {
    if (!(await isPresent())) throw recorderError('RECORDER_GONE', 'the card went away');
    const path = join(directory, nameOf(clip));
    const found = await stat(path).catch(() => null);
    if (found === null) throw recorderError('CLIP_MISSING', `${clip.name} is not there`);
    if (found.size !== clip.sizeBytes) throw recorderError('CLIP_CHANGED', `${clip.name} changed`);
    return clipReader(await open(path), clip, isPresent);
  }

  return {
    driver: 'flat-card',
    capabilities: new Set(['erase']),
    parallelReads: 1,
    firmware: null,
    identify: async () => ({
      serialNumber: await readFile(join(directory, 'number.txt'), 'utf8').then((text) => text.trim() || null),
      vendor: null,
      model: 'Flat card',
      firmware: null,
      officerNumber: null,
      source: 'identity-file',
    }),
    readStatus: async () => ({ batteryPercent: null, capacityBytes: null, freeBytes: null }),
    list,
    open: openClip,
    erase: async (clip, proof) => {
      const path = join(directory, nameOf(clip));
      const bytes = await readFile(path);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (bytes.length !== proof.sizeBytes || sha256 !== proof.sha256) {
        throw recorderError('CLIP_CHANGED', `${clip.name} is not what the archive holds`);
      }
      await unlink(path);
    },
    isPresent,
    close: async () => {},
    readClock: cannot('show its clock'),
    setClock: cannot('be given the time'),
    hashOnDevice: cannot('hash'),
    writeIdentity: cannot('be given an identity'),
    switchMode: cannot('switch its mode'),
  };
}

/** @returns {ClipReader} */
function clipReader(handle, clip, isPresent) {
  return {
    sizeBytes: clip.sizeBytes,
    pieceBytes: 1024 * 1024,
    read: async (into, positionBytes, signal) => {
      signal.throwIfAborted();
      if (!(await isPresent())) throw recorderError('RECORDER_GONE', 'the card went away');
      const { bytesRead } = await handle.read(into, 0, into.length, positionBytes);
      return bytesRead;
    },
    assertUnchanged: async () => {
      if ((await handle.stat()).size !== clip.sizeBytes) {
        throw recorderError('CLIP_CHANGED', `${clip.name} changed while it was read`);
      }
    },
    close: () => handle.close(),
  };
}

/** Which folder a path leads to now; `null` where it leads to none. */
async function instanceOf(directory) {
  const found = await stat(directory).catch(() => null);
  return found?.isDirectory() ? `${found.dev}:${found.ino}` : null;
}

async function readNames(directory) {
  const names = await readdir(directory).catch(() => {
    throw recorderError('RECORDER_GONE', 'the card went away');
  });
  return names.filter((name) => name.endsWith('.mp4')).sort();
}

/** @returns {Promise<ListedClip>} */
async function describe(directory, name) {
  return {
    pathBytes: Buffer.from(name),
    name,
    nameEncoding: 'utf-8',
    kind: 'video',
    sizeBytes: (await stat(join(directory, name))).size,
    modifiedAt: null,
    startedAt: null,
    marked: false,
    markedSource: null,
    deviceNumberInName: null,
    officerNumberInName: null,
    concern: null,
  };
}

/** A path that came from outside: only a plain name leads to a clip. */
function nameOf(clip) {
  const name = Buffer.from(clip.pathBytes).toString();
  if (name.includes('/') || !name.endsWith('.mp4'))
    throw recorderError('CLIP_MISSING', `${clip.name} is no clip`);
  return name;
}
