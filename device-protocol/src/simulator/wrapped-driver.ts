import type { Attachment, RecorderDriver } from '../attachment.ts';
import { deriveRecorder } from '../derived-recorder.ts';
import type { ClipReader, ListedClip, Recorder } from '../recorder.ts';

/** Puts something between a clip and whoever reads it. */
export type WrapReader = (reader: ClipReader) => ClipReader;

/** A driver as it is, but for the readers of its clips; `wrapperFor` is called once for each recorder opened. */
export function withReaders(driver: RecorderDriver, wrapperFor: () => WrapReader): RecorderDriver {
  return {
    name: driver.name,
    open: async (attachment: Attachment, signal: AbortSignal) =>
      wrapRecorder(await driver.open(attachment, signal), wrapperFor()),
  };
}

function wrapRecorder(recorder: Recorder, wrap: WrapReader): Recorder {
  return deriveRecorder(recorder, {
    open: async (clip: ListedClip, signal: AbortSignal) => wrap(await recorder.open(clip, signal)),
  });
}
