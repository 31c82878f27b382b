import { type Static, Type } from '../../schema.ts';
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

/** Whom the recorder is issued to. */
const bindingFields = {
  officer: Type.Optional(text(32, 'officer number set on the recorder')),
  officer_name: Type.Optional(text(64, 'name of the officer')),
  unit: Type.Optional(text(32, 'code of the unit')),
  unit_name: Type.Optional(text(64, 'name of the unit')),
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
    ...bindingFields,
    root: text(64, 'folder of the clips in file management, without a slash at the end'),
    erase: flag('whether `erase-clip` is there'),
    status: Type.Optional(flag('whether `read-status` is there; default false')),
    write: Type.Optional(flag('whether `write-identity` is there; default false')),
    mark: Type.Optional(flag('whether `mark-clip` is there; default false')),
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
    clips: list(ClipEntry, 1024, 'read-clip-response', 'entries with the fields of the `read-clip` response'),
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

export const readStatus = message({
  name: 'read-status',
  group,
  command: 4,
  operation: 'read',
  doc: 'Reads how the recorder is. What it cannot tell is left out.',
  request: {},
  response: {
    battery: Type.Optional(unsigned('charge in percent', 100)),
    charging: Type.Optional(flag('whether the battery is being charged')),
    capacity: Type.Optional(unsigned('room on the card in all, in bytes')),
    free: Type.Optional(unsigned('room that is free, in bytes')),
  },
});

export const writeIdentity = message({
  name: 'write-identity',
  group,
  command: 5,
  operation: 'write',
  doc:
    'Gives the recorder its number, and binds it to an officer and a unit: all parts that are there, or none where ' +
    'one is refused. An empty text clears a part; one that is left out stays. The recorder answers when it is durable.',
  request: { serial: Type.Optional(text(64, 'serial number')), ...bindingFields },
  response: {},
});

export const markClip = message({
  name: 'mark-clip',
  group,
  command: 6,
  operation: 'write',
  doc: 'Marks a clip as important, or takes the mark away. Neither its bytes nor its name change.',
  request: { path, marked: flag('whether the clip is important') },
  response: {},
});

/** Error codes of this group. */
export const recorderErrors = {
  1: 'unknown error',
  2: 'no such clip',
  3: 'length or SHA-256 differ from the proof (`proof-mismatch`)',
  4: 'the card is write-protected',
  5: 'the card failed',
  6: 'a part of the identity is too long or may not be written',
} as const;

export const recorderErrorNumbers = {
  notFound: 2,
  proofMismatch: 3,
  writeProtected: 4,
  cardFailed: 5,
  identityRefused: 6,
} as const;
