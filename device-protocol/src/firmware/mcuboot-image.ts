/** Firmware images as MCUboot takes them ("Image format" in its design document). All numbers are little-endian. */

/** One type-length-value record after the image. */
export interface ImageTlv {
  type: number;
  value: Uint8Array;
  /** Whether it is covered by the hash. */
  isProtected: boolean;
}

export interface McubootImage {
  /** `major.minor.revision`, and `+build` where the build number is not 0. */
  version: string;
  flags: number;
  /** Everything the hash in the TLVs is taken over: header, body and protected TLVs. */
  hashed: Uint8Array;
  tlvs: readonly ImageTlv[];
  /** Where the image ends; a file may go on, but nothing answers for what follows. */
  lengthBytes: number;
}

/** TLV types Docket knows (`IMAGE_TLV_…`). */
export const imageTlvTypes = {
  keyHash: 0x01,
  sha256: 0x10,
  ecdsaSignature: 0x22,
  ed25519Signature: 0x24,
} as const;

/** Bytes that are no MCUboot image; `message` says where. */
export class ImageFormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ImageFormatError';
  }
}

const imageMagic = 0x96f3b83d;
const infoMagic = 0x6907;
const protectedInfoMagic = 0x6908;
const headerBytes = 32;
const infoBytes = 4;
const tlvHeaderBytes = 4;
/** More records than any signing tool writes. */
const maxTlvs = 64;

/** Takes a whole image file apart. Throws ImageFormatError; nothing else, whatever the bytes. */
export function parseMcubootImage(file: Uint8Array): McubootImage {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (file.length < headerBytes) throw new ImageFormatError(`${file.length} bytes are no image`);
  if (view.getUint32(0, true) !== imageMagic)
    throw new ImageFormatError('the magic number is not that of an image');
  const imageHeaderBytes = view.getUint16(8, true);
  const protectedBytes = view.getUint16(10, true);
  const bodyEnd = imageHeaderBytes + view.getUint32(12, true);
  if (imageHeaderBytes < headerBytes)
    throw new ImageFormatError(`the header claims ${imageHeaderBytes} bytes`);
  if (bodyEnd > file.length)
    throw new ImageFormatError(`the body ends at ${bodyEnd}, the file at ${file.length}`);

  const ahead = protectedBytes === 0 ? [] : readTlvs(view, bodyEnd, protectedInfoMagic);
  const infoAt = bodyEnd + protectedBytes;
  if (protectedBytes !== 0 && areaBytes(view, bodyEnd, protectedInfoMagic) !== protectedBytes) {
    throw new ImageFormatError('header and protected TLVs name different lengths');
  }
  const behind = readTlvs(view, infoAt, infoMagic);
  return {
    version: versionOf(view),
    flags: view.getUint32(16, true),
    hashed: file.subarray(0, infoAt),
    tlvs: [...ahead, ...behind],
    lengthBytes: infoAt + areaBytes(view, infoAt, infoMagic),
  };
}

function versionOf(view: DataView): string {
  const build = view.getUint32(24, true);
  const version = `${view.getUint8(20)}.${view.getUint8(21)}.${view.getUint16(22, true)}`;
  return build === 0 ? version : `${version}+${build}`;
}

function areaBytes(view: DataView, at: number, magic: number): number {
  if (at + infoBytes > view.byteLength) throw new ImageFormatError('there are no TLVs');
  if (view.getUint16(at, true) !== magic) throw new ImageFormatError(`at ${at} there are no TLVs`);
  const length = view.getUint16(at + 2, true);
  if (length < infoBytes || at + length > view.byteLength) {
    throw new ImageFormatError(`the TLVs at ${at} claim ${length} bytes`);
  }
  return length;
}

function readTlvs(view: DataView, start: number, magic: number): ImageTlv[] {
  const end = start + areaBytes(view, start, magic);
  const tlvs: ImageTlv[] = [];
  for (let at = start + infoBytes; at < end; ) {
    if (at + tlvHeaderBytes > end) throw new ImageFormatError(`the TLV at ${at} is cut`);
    const valueAt = at + tlvHeaderBytes;
    const valueEnd = valueAt + view.getUint16(at + 2, true);
    if (valueEnd > end) throw new ImageFormatError(`the TLV at ${at} goes past its area`);
    if (tlvs.length === maxTlvs) throw new ImageFormatError(`there are more than ${maxTlvs} TLVs`);
    const value = new Uint8Array(view.buffer, view.byteOffset + valueAt, valueEnd - valueAt);
    tlvs.push({ type: view.getUint16(at, true), value, isProtected: magic === protectedInfoMagic });
    at = valueEnd;
  }
  return tlvs;
}

/** The hash an image carries of itself, by which a recorder names it; `null` where it has none, or several. */
export function hashOfImage({ tlvs }: McubootImage): Uint8Array | null {
  const [hash, ...others] = tlvs.filter(({ type }) => type === imageTlvTypes.sha256);
  return hash?.value.length === 32 && others.length === 0 ? hash.value : null;
}

/**
 * A version in one form, whatever wrote it: signing tools write `1.2.3+4`, recorders say `1.2.3.4`, and a build
 * number of 0 is left out. `null` for what is no version.
 */
export function plainVersion(text: string): string | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,5})(?:[.+](\d{1,10}))?$/u.exec(text.trim());
  if (match === null) return null;
  const [major, minor, revision, build = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const version = `${major}.${minor}.${revision}`;
  return build === 0 ? version : `${version}+${build}`;
}
