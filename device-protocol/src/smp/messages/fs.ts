import { Type } from '../../schema.ts';
import { byteString, table, text, unsigned, word } from '../field.ts';
import { message } from '../message.ts';

/** File management, group 8 of Zephyr's SMP Groups. */
const group = 8;

const fileName = text(8300, 'absolute path of the file (see "Names of clips")');

export const download = message({
  name: 'download',
  group,
  command: 0,
  operation: 'read',
  doc: 'Reads a piece of a file. The recorder chooses how long a piece is; none is empty before the end.',
  request: { off: unsigned('position of the first byte'), name: fileName },
  response: {
    off: unsigned('position the answer is for'),
    data: byteString(0, 0xffff, 'the bytes'),
    len: Type.Optional(unsigned('length of the file; always there when `off` is 0')),
  },
});

export const fileStatus = message({
  name: 'file-status',
  group,
  command: 1,
  operation: 'read',
  doc: 'Reads the length of a file.',
  request: { name: fileName },
  response: { len: unsigned('length in bytes') },
});

export const fileHash = message({
  name: 'file-hash',
  group,
  command: 2,
  operation: 'read',
  doc: 'Has the recorder hash a file over its own path to the card.',
  request: {
    name: fileName,
    type: Type.Optional(word(['sha256', 'crc32'], 'which hash; Docket asks for `sha256`')),
    off: Type.Optional(unsigned('position to start at; default 0')),
    len: Type.Optional(unsigned('bytes to hash; default all')),
  },
  response: {
    type: text(32, 'the hash that was taken'),
    off: Type.Optional(unsigned('position started at; left out when 0')),
    len: unsigned('bytes that were hashed'),
    output: Type.Union([byteString(1, 64, 'the hash'), unsigned('the checksum')], {
      description: 'the hash as bytes, or a checksum as a number',
      cbor: 'bstr, 1-64 bytes, or uint',
    }),
  },
});

export const hashTypes = message({
  name: 'hash-types',
  group,
  command: 3,
  operation: 'read',
  doc: 'Reads which hashes the recorder can take.',
  request: {},
  response: {
    types: table(
      Type.Object({
        format: unsigned('0 number, 1 byte string', 255),
        size: unsigned('bytes of the result', 255),
      }),
      'by name: `format` (0 number, 1 byte string) and `size` in bytes',
    ),
  },
});

export const closeFile = message({
  name: 'close-file',
  group,
  command: 4,
  operation: 'write',
  doc: 'Lets the recorder close the file it keeps open between downloads.',
  request: {},
  response: {},
});

/** Error codes of this group in SMP version 2. */
export const fsErrors = {
  1: 'unknown error',
  2: 'the name is not valid',
  3: 'no such file',
  4: 'the file is a folder',
  5: 'the file could not be opened',
  6: 'seeking in the file failed',
  7: 'reading the file failed',
  8: 'truncating the file failed',
  9: 'deleting the file failed',
  10: 'writing the file failed',
  11: 'the position is not valid',
  12: 'the position is past the end of the file',
  13: 'no such hash',
  14: 'no such mount point',
  15: 'the file system is read-only',
  16: 'the file is empty',
} as const;

/** Codes that mean the file is not there. */
export const fsNotFoundCodes: readonly number[] = [3, 14];
