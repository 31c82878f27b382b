import { Type } from '../../schema.ts';
import { byteString, flag, list, text, unsigned } from '../field.ts';
import { message } from '../message.ts';

/** Application/software image management, group 1 of Zephyr's SMP Groups. */
const group = 1;

const hash = byteString(1, 64, 'SHA-256 of header and body, as the image itself carries it');

const ImageEntry = Type.Object({
  image: Type.Optional(unsigned('which of several images; default 0', 255)),
  slot: unsigned('0 the primary slot, which runs; 1 the secondary', 255),
  version: text(64, '`major.minor.revision`, and `.build` where there is one'),
  hash: Type.Optional(hash),
  bootable: Type.Optional(flag('default false')),
  pending: Type.Optional(flag('will be started at the next reset; default false')),
  confirmed: Type.Optional(flag('stays after the next reset; default false')),
  active: Type.Optional(flag('runs now; default false')),
  permanent: Type.Optional(flag('once started it is not reverted; default false')),
});

const imageList = {
  images: list(
    ImageEntry,
    16,
    'image-entry',
    'one entry for each slot that holds an image: `image`, `slot`, `version`, …',
  ),
};

export const readImages = message({
  name: 'read-images',
  group,
  command: 0,
  operation: 'read',
  doc: 'Reads which firmware images the recorder holds and how they stand (`ImageEntry`).',
  request: {},
  response: imageList,
});

export const writeImageState = message({
  name: 'write-image-state',
  group,
  command: 0,
  operation: 'write',
  doc:
    'Has an image started once at the next reset (`confirm` false), or keeps the running one (`confirm` true). An ' +
    'image that is not kept is reverted at the reset after.',
  request: {
    hash: Type.Optional(hash),
    confirm: Type.Optional(flag('default false; where true, `hash` may be left out')),
  },
  response: imageList,
});

export const uploadImage = message({
  name: 'upload-image',
  group,
  command: 1,
  operation: 'write',
  doc:
    'Sends a piece of an image into the free slot. The recorder answers with the position it waits for, which may be ' +
    'another than the one that follows: there the sender goes on. `image`, `len`, `sha` stand where `off` is 0.',
  request: {
    image: Type.Optional(unsigned('which of several images; default 0', 255)),
    len: Type.Optional(unsigned('length of the whole file', 0xffff_ffff)),
    off: unsigned('position of the piece', 0xffff_ffff),
    sha: Type.Optional(
      byteString(32, 32, 'SHA-256 of the whole file: by it an upload that broke off is known again'),
    ),
    data: byteString(0, 0xffff, 'the piece'),
    upgrade: Type.Optional(flag('refuse what is not newer than the running image; default false')),
  },
  response: {
    off: Type.Optional(unsigned('position the recorder waits for', 0xffff_ffff)),
    match: Type.Optional(flag('after the last piece: whether the file has the SHA-256 that was told')),
  },
});

export const eraseImage = message({
  name: 'erase-image',
  group,
  command: 5,
  operation: 'write',
  doc: 'Erases a slot that does not run and is not to run next. Answers when it is done, which may take long.',
  request: { slot: Type.Optional(unsigned('default 1', 255)) },
  response: {},
});

/** Error codes of this group in SMP version 2. */
export const imageErrors = {
  1: 'unknown error',
  2: 'the layout of the flash could not be read',
  3: 'there is no image in the slot',
  4: 'the image has no TLVs',
  5: 'the image has a TLV that is not valid',
  6: 'the image has several hashes',
  7: 'a TLV of the image has a wrong length',
  8: 'no image has this hash',
  9: 'no slot is free',
  10: 'the flash could not be opened',
  11: 'the flash could not be read',
  12: 'the flash could not be written',
  13: 'the flash could not be erased',
  14: 'no such slot',
  15: 'out of memory',
  16: 'the flash is in use already',
  17: 'the flash is not in use',
  18: 'there is no flash',
  19: 'the position is on no page',
  20: 'the position is missing',
  21: 'the length is missing',
  22: 'the piece is shorter than an image header',
  23: 'the image header has a wrong magic number',
  24: 'the hash is not valid',
  25: 'the image is for another address',
  26: 'the running version could not be read',
  27: 'the running image is not older',
  28: 'an image is pending already',
  29: 'the vector table of the image is not valid',
  30: 'the image does not fit the slot',
  31: 'more was sent than was told',
  32: 'the image may not be confirmed',
  33: 'the running image may not be set for test',
  34: 'which slot runs is not known',
} as const;

export const imageErrorNumbers = {
  hashNotFound: 8,
  invalidSlot: 14,
  invalidLength: 21,
  invalidHeader: 22,
  invalidMagic: 23,
  notOlder: 27,
  alreadyPending: 28,
  tooLarge: 30,
  overrun: 31,
  testOfActive: 33,
} as const;
