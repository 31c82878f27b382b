import { type Static, Type } from 'typebox';
import { byteString, flag, list, text, unsigned, word } from '../field.ts';
import { message } from '../message.ts';

/** Recorder management: the first group SMP leaves to vendors, and Docket's only addition to the standard. */
const group = 64;

/** Longest path Docket opens; a longer one is listed and refused. */
export const maxClipPathBytes = 1024;

const path = byteString(
  1,
  4096,
  'path under the media root as it stands on the card: any bytes but NUL, `/` between parts',
);

const clipFields = {
  path,
  size: unsigned('length in bytes'),
  kind: word(['video', 'audio', 'photo', 'sidecar'], 'what the clip is'),
  modified: Type.Optional(text(40, 'file time, `yyyy-MM-ddTHH:mm:ss[.fraction][Z or ±hh:mm]`')),
  marked: Type.Optional(flag('marked important on the recorder; default false')),
};

const ClipEntry = Type.Object(clipFields);
/** One clip as the recorder lists it. */
export type ClipEntry = Static<typeof ClipEntry>;

export const readIdentity = message({
  name: 'read-identity',
  group,
  command: 0,
  operation: 'read',
  doc: 'Reads who the recorder is and what it can do beyond the groups of the standard.',
  request: {},
  response: {
    serial: Type.Optional(text(64, 'serial number')),
    vendor: Type.Optional(text(64, 'maker')),
    model: Type.Optional(text(64, 'model')),
    firmware: Type.Optional(text(64, 'firmware version')),
    officer: Type.Optional(text(32, 'officer number set on the recorder')),
    root: text(64, 'folder of the clips in file management, without a slash at the end'),
    erase: flag('whether `erase-clip` is there'),
  },
});

export const listClips = message({
  name: 'list-clips',
  group,
  command: 1,
  operation: 'read',
  doc:
    'Lists clips, a page at a time, in ascending byte order of their paths. The recorder keeps nothing between ' +
    'pages: each page holds the clips that follow `after`, as many as fit one packet.',
  request: { after: byteString(0, 4096, 'last path of the page before; empty for the first page') },
  response: {
    clips: list(ClipEntry, 1024, 'entries with the fields of the `read-clip` response'),
    more: flag('true where clips follow this page; such a page is never empty'),
  },
});

export const readClip = message({
  name: 'read-clip',
  group,
  command: 2,
  operation: 'read',
  doc: 'Reads the entry of one clip again, to see whether it changed.',
  request: { path },
  response: clipFields,
});

export const eraseClip = message({
  name: 'erase-clip',
  group,
  command: 3,
  operation: 'write',
  doc:
    'Frees one clip. Before anything is freed the recorder compares length and SHA-256 of what lies on the card ' +
    'with the request, and answers `proof-mismatch` where they differ. It answers when the deletion is durable.',
  request: {
    path,
    size: unsigned('length the archive has signed for'),
    sha256: byteString(32, 32, 'SHA-256 the archive has signed for'),
  },
  response: {},
});

/** Error codes of this group. */
export const recorderErrors = {
  1: 'unknown error',
  2: 'no such clip',
  3: 'length or SHA-256 differ from the proof (`proof-mismatch`)',
  4: 'the card is write-protected',
  5: 'the card failed',
} as const;

export const recorderErrorNumbers = {
  notFound: 2,
  proofMismatch: 3,
  writeProtected: 4,
  cardFailed: 5,
} as const;
