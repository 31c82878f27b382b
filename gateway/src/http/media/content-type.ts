export interface MediaType {
  contentType: string;
  extension: string;
}

/** How many leading bytes `sniffMediaType` wants to see. */
export const sniffBytes = 4_096;

const unknownType: MediaType = { contentType: 'application/octet-stream', extension: 'bin' };

const signatures: readonly { type: MediaType; matches(head: Buffer): boolean }[] = [
  { type: { contentType: 'image/jpeg', extension: 'jpg' }, matches: startsWith([0xff, 0xd8, 0xff]) },
  {
    type: { contentType: 'image/png', extension: 'png' },
    matches: startsWith([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]),
  },
  { type: { contentType: 'video/quicktime', extension: 'mov' }, matches: (head) => brandOf(head) === 'qt  ' },
  { type: { contentType: 'audio/mp4', extension: 'm4a' }, matches: (head) => brandOf(head) === 'M4A ' },
  {
    type: { contentType: 'video/3gpp', extension: '3gp' },
    matches: (head) => brandOf(head)?.startsWith('3g') === true,
  },
  { type: { contentType: 'video/mp4', extension: 'mp4' }, matches: (head) => brandOf(head) !== null },
  {
    type: { contentType: 'video/x-msvideo', extension: 'avi' },
    matches: (head) => riffFormOf(head) === 'AVI ',
  },
  { type: { contentType: 'audio/wav', extension: 'wav' }, matches: (head) => riffFormOf(head) === 'WAVE' },
  {
    type: { contentType: 'video/webm', extension: 'webm' },
    matches: (head) => isMatroska(head) && head.includes('webm'),
  },
  { type: { contentType: 'video/x-matroska', extension: 'mkv' }, matches: isMatroska },
  {
    type: { contentType: 'video/mp2t', extension: 'ts' },
    matches: (head) => [0, 188, 376].every((at) => head[at] === 0x47),
  },
  { type: { contentType: 'video/mpeg', extension: 'mpg' }, matches: startsWith([0x00, 0x00, 0x01, 0xba]) },
  {
    type: { contentType: 'audio/amr', extension: 'amr' },
    matches: startsWith([0x23, 0x21, 0x41, 0x4d, 0x52]),
  },
  { type: { contentType: 'audio/ogg', extension: 'ogg' }, matches: startsWith([0x4f, 0x67, 0x67, 0x53]) },
  { type: { contentType: 'audio/mpeg', extension: 'mp3' }, matches: startsWith([0x49, 0x44, 0x33]) },
  { type: { contentType: 'audio/aac', extension: 'aac' }, matches: (head) => syncWord(head, 0xf6) === 0xf0 },
  { type: { contentType: 'audio/mpeg', extension: 'mp3' }, matches: (head) => syncWord(head, 0xe6) === 0xe2 },
];

/**
 * The type of a stored file by its first bytes; a recorder's file name is a stranger's word. What is not known is
 * bytes: never text, never a document a browser would run.
 */
export function sniffMediaType(head: Buffer): MediaType {
  return signatures.find((signature) => signature.matches(head))?.type ?? unknownType;
}

function startsWith(bytes: readonly number[]): (head: Buffer) => boolean {
  const prefix = Buffer.from(bytes);
  return (head) => head.subarray(0, prefix.length).equals(prefix);
}

/** Major brand of an ISO base media file (ISO/IEC 14496-12 §4.3). */
function brandOf(head: Buffer): string | null {
  return head.toString('latin1', 4, 8) === 'ftyp' ? head.toString('latin1', 8, 12) : null;
}

function riffFormOf(head: Buffer): string | null {
  return head.toString('latin1', 0, 4) === 'RIFF' ? head.toString('latin1', 8, 12) : null;
}

function isMatroska(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === 0x1a45dfa3;
}

/** Second byte of an MPEG audio frame header under `mask`, where the first is the sync byte. */
function syncWord(head: Buffer, mask: number): number | null {
  return head[0] === 0xff && head[1] !== undefined ? head[1] & mask : null;
}
