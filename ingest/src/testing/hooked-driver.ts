import {
  type Attachment,
  type ClipReader,
  deriveRecorder,
  type EraseProof,
  type ListedClip,
  type Listing,
  type Recorder,
  type RecorderDriver,
} from '@docket/device-protocol';
import { volumeDriver } from '@docket/device-protocol/transport';

/** What a test does between a recorder and those who use it. Each hook may do something first, or answer otherwise. */
export interface RecorderHooks {
  list?(listings: AsyncIterable<Listing>): AsyncIterable<Listing>;
  open?(clip: ListedClip, open: () => Promise<ClipReader>): Promise<ClipReader>;
  read?(clip: ListedClip, positionBytes: number, read: () => Promise<number>): Promise<number>;
  erase?(clip: ListedClip, erase: () => Promise<void>): Promise<void>;
  isPresent?(): Promise<boolean>;
  close?(close: () => Promise<void>): Promise<void>;
}

/** The volume driver with a test's hooks in it. */
export function hookedDriver(hooks: RecorderHooks): RecorderDriver {
  return {
    name: 'volume',
    open: async (attachment: Attachment, signal: AbortSignal) =>
      hookedRecorder(await volumeDriver.open(attachment, signal), hooks),
  };
}

function hookedRecorder(recorder: Recorder, hooks: RecorderHooks): Recorder {
  return deriveRecorder(recorder, {
    list: (signal) => hooks.list?.(recorder.list(signal)) ?? recorder.list(signal),
    open: async (clip, signal) => {
      const open = async () => hookedReader(await recorder.open(clip, signal), clip, hooks);
      return (await hooks.open?.(clip, open)) ?? open();
    },
    erase: async (clip: ListedClip, proof: EraseProof, signal) => {
      const erase = () => recorder.erase(clip, proof, signal);
      return hooks.erase === undefined ? erase() : hooks.erase(clip, erase);
    },
    isPresent: () => hooks.isPresent?.() ?? recorder.isPresent(),
    close: () => hooks.close?.(() => recorder.close()) ?? recorder.close(),
  });
}

function hookedReader(reader: ClipReader, clip: ListedClip, hooks: RecorderHooks): ClipReader {
  return {
    sizeBytes: reader.sizeBytes,
    pieceBytes: reader.pieceBytes,
    read: (into, positionBytes, signal) => {
      const read = () => reader.read(into, positionBytes, signal);
      return hooks.read === undefined ? read() : hooks.read(clip, positionBytes, read);
    },
    assertUnchanged: () => reader.assertUnchanged(),
    close: () => reader.close(),
  };
}
