import type { PlayAbility } from '@docket/gateway/contract';

const probes: Record<PlayAbility, string> = {
  h265: 'video/mp4; codecs="hvc1.1.6.L123.B0"',
  flac: 'audio/mp4; codecs="flac"',
};

/** Whether live pictures can be put together at all. */
export function canPlay(): boolean {
  return typeof MediaSource !== 'undefined' && MediaSource.isTypeSupported('video/mp4; codecs="avc1.42E01E"');
}

/** What this browser shows beyond H.264 and AAC. */
export function playAbilities(): PlayAbility[] {
  if (typeof MediaSource === 'undefined') return [];
  const known = Object.keys(probes) as PlayAbility[];
  return known.filter((ability) => MediaSource.isTypeSupported(probes[ability]));
}
