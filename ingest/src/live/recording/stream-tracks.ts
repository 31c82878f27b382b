import {
  type AccessUnit,
  type LiveCodec,
  type LiveDescription,
  type LiveTrack,
  StreamAssembler,
  type TrackFormat,
} from '@docket/device-protocol/live';
import { untoldFormat } from '../fragmented-mp4/track-format.ts';
import type { LiveMp4Track } from './segment-media.ts';

/** The tracks of a stream, and what is known by now of their formats. */
export class StreamTracks {
  readonly #tracks: readonly LiveTrack[];
  readonly #formats: Map<number, TrackFormat>;

  constructor(description: LiveDescription) {
    this.#tracks = description.tracks;
    this.#formats = toldFormats(description);
  }

  /** Tracks that another description tells to be of another codec. */
  misnamed({ tracks }: LiveDescription): { track: LiveTrack; told: LiveCodec }[] {
    return this.#tracks.flatMap(({ index, codec: told }) => {
      const track = tracks.find((one) => one.index === index);
      return track === undefined || track.codec === told ? [] : [{ track, told }];
    });
  }

  get kind(): 'video' | 'audio' {
    return this.#tracks.some(({ kind }) => kind === 'video') ? 'video' : 'audio';
  }

  /** The track by which times are told: pictures, where there are any. */
  get referenceIndex(): number {
    return (this.#tracks.find(({ kind }) => kind === 'video') ?? this.#tracks[0])?.index ?? 0;
  }

  learn({ track, format }: AccessUnit): void {
    if (format !== null) this.#formats.set(track.index, format);
  }

  /** True where what begins with the unit can be decoded from there. */
  isGoodBeginning(unit: AccessUnit): boolean {
    return this.kind === 'audio' || (unit.track.kind === 'video' && unit.isKeyFrame && unit.format !== null);
  }

  /** By track index, as a file that begins now tells of them. */
  inMp4(): Map<number, LiveMp4Track> {
    return new Map(
      this.#tracks.map((track, position) => [
        track.index,
        {
          id: position + 1,
          ticksPerSecond: track.clockRateHz,
          format: this.#formats.get(track.index) ?? untoldFormat(track),
        },
      ]),
    );
  }
}

/** What the description alone tells a decoder. */
function toldFormats(description: LiveDescription): Map<number, TrackFormat> {
  const assembler = new StreamAssembler(description, { onUnit() {}, onLoss() {}, onReset() {} });
  return new Map(
    description.tracks.flatMap((track) => {
      const format = assembler.format(track);
      return format === null ? [] : [[track.index, format] as const];
    }),
  );
}
