import { createHash, randomBytes } from 'node:crypto';

/** An image as a signing tool lays it out, without a signature: header, body, TLVs with the hash. */
export function unsignedImage(
  [major, minor, revision, build]: readonly [number, number, number, number],
  bodyBytes: number,
): { file: Buffer; hash: string } {
  const header = Buffer.alloc(32);
  header.writeUInt32LE(0x96f3b83d, 0);
  header.writeUInt16LE(32, 8);
  header.writeUInt32LE(bodyBytes, 12);
  header.writeUInt8(major, 20);
  header.writeUInt8(minor, 21);
  header.writeUInt16LE(revision, 22);
  header.writeUInt32LE(build, 24);
  const hashed = Buffer.concat([header, randomBytes(bodyBytes)]);
  const hash = createHash('sha256').update(hashed).digest();
  const tlvs = Buffer.concat([Buffer.from('07692800' + '10002000', 'hex'), hash]);
  return { file: Buffer.concat([hashed, tlvs]), hash: hash.toString('hex') };
}
