import type { AudioSetup, FlvMedia, VideoSetup } from './flv-media.ts';

/** What a stream consists of, as far as it has shown. */
export interface StreamContents {
  video: VideoSetup | null;
  audio: AudioSetup | null;
}

/** What it consists of with the next of it. The same object where it tells nothing new. */
export function learn(contents: StreamContents, media: FlvMedia): StreamContents {
  const video = videoTold(contents, media);
  const audio = audioTold(media);
  if (video === null && audio === null) return contents;
  return { video: video ?? contents.video, audio: audio ?? contents.audio };
}

/** Whether a description of the one holds for the other. New parameter sets go with the pictures. */
export function isDescribedBy(contents: StreamContents, described: StreamContents): boolean {
  return contents.video?.codec === described.video?.codec && isSame(contents.audio, described.audio);
}

function videoTold({ video }: StreamContents, media: FlvMedia): VideoSetup | null {
  if (media.is === 'video-setup') return media.setup;
  // A recorder that says nothing beforehand may have its parameter sets among the pictures.
  if (media.is !== 'picture' || media.codec === video?.codec) return null;
  return { codec: media.codec, parameterSets: [] };
}

function audioTold(media: FlvMedia): AudioSetup | null {
  return media.is === 'audio-setup' || media.is === 'sound' ? media.setup : null;
}

function isSame(left: AudioSetup | null, right: AudioSetup | null): boolean {
  if (left === null || right === null) return left === right;
  return left.codec === right.codec && left.config.equals(right.config);
}
