import { box, fullBox, u16, u32 } from './box.ts';
import { pictureSize, sampleEntry } from './sample-entry.ts';
import { isVideo, type Mp4Track } from './track-format.ts';

/**
 * The beginning of a fragmented file, `ftyp` and `moov` (ISO/IEC 14496-12 §8.8): which tracks there are, and what their
 * decoders need. Fragments follow it, as many as there come; the file is whole after each.
 */
export function initSegment(tracks: readonly Mp4Track[]): Buffer {
  return Buffer.concat([
    box('ftyp', text('iso6'), u32(1), text('iso6'), text('isom'), text('mp42')),
    box(
      'moov',
      movieHeader(tracks),
      ...tracks.map(trackBox),
      box('mvex', ...tracks.map(({ id }) => fullBox('trex', 0, 0, u32(id, 1, 0, 0, 0)))),
    ),
  ]);
}

const ticksOfMovie = 1000;
const unityMatrix = u32(0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000);

function movieHeader(tracks: readonly Mp4Track[]): Buffer {
  const next = Math.max(0, ...tracks.map(({ id }) => id)) + 1;
  return fullBox(
    'mvhd',
    0,
    0,
    u32(0, 0, ticksOfMovie, 0, 0x0001_0000),
    u16(0x0100, 0),
    u32(0, 0),
    unityMatrix,
    Buffer.alloc(24),
    u32(next),
  );
}

function trackBox(track: Mp4Track): Buffer {
  const { widthPixels, heightPixels } = pictureSize(track.format);
  const volume = isVideo(track) ? 0 : 0x0100;
  const isEnabledInMovie = 3;
  return box(
    'trak',
    fullBox(
      'tkhd',
      0,
      isEnabledInMovie,
      u32(0, 0, track.id, 0, 0, 0, 0),
      u16(0, 0, volume, 0),
      unityMatrix,
      u32(widthPixels * 65_536, heightPixels * 65_536),
    ),
    mediaBox(track),
  );
}

/** Undetermined language, packed as ISO/IEC 14496-12 §8.4.2.3 says. */
const undetermined = 0x55c4;

function mediaBox(track: Mp4Track): Buffer {
  const { ticksPerSecond, format } = track;
  const [handler, header] = isVideo(track)
    ? ['vide', fullBox('vmhd', 0, 1, Buffer.alloc(8))]
    : ['soun', fullBox('smhd', 0, 0, Buffer.alloc(4))];
  const here = fullBox('url ', 0, 1);
  return box(
    'mdia',
    fullBox('mdhd', 0, 0, u32(0, 0, ticksPerSecond, 0), u16(undetermined, 0)),
    fullBox('hdlr', 0, 0, u32(0), text(handler as string), Buffer.alloc(12), text('\0')),
    box(
      'minf',
      header as Buffer,
      box('dinf', fullBox('dref', 0, 0, u32(1), here)),
      box(
        'stbl',
        fullBox('stsd', 0, 0, u32(1), sampleEntry(format)),
        fullBox('stts', 0, 0, u32(0)),
        fullBox('stsc', 0, 0, u32(0)),
        fullBox('stsz', 0, 0, u32(0, 0)),
        fullBox('stco', 0, 0, u32(0)),
      ),
    ),
  );
}

function text(letters: string): Buffer {
  return Buffer.from(letters, 'latin1');
}
