import { isDeepStrictEqual } from 'node:util';
import type { ContentDigest, Holding, VerificationLevel } from '../archive-target.ts';
import { verificationLevels } from '../archive-target.ts';
import { NoteError } from './note-error.ts';
import { isKeyName } from './note-key.ts';

/** What is said of the archive's word that nobody can change what it keeps. */
export type WormWord =
  | { state: 'proven'; probeId: string; at: string }
  | { state: 'declared' }
  | { state: 'none' };

/** What a receipt says. */
export interface ReceiptText {
  /** Who keeps the bytes, in the archive's own words. */
  archive: string;
  /** Of the plain original. */
  clip: ContentDigest & { sm3: string | null };
  /** Of what lies there, where it is an encryption of the original. */
  stored: ContentDigest | null;
  /** SHA-256 of the clip's sealed record, which lies beside it. */
  recordSha256: string;
  object: {
    /** `<kind>:<bucket or root>/<key>` */
    name: string;
    versionId: string | null;
    etag: string | null;
  };
  retain: Holding['retain'];
  worm: WormWord;
  verified: Holding['verified'];
  log: Holding['log'];
}

/**
 * The text of a receipt: one field a line, always in this order, each line ended by LF. `stored` is there only for an
 * encrypted copy, `sm3` and `log` only where they are known; `-` stands for what is not.
 *
 *   <archive>/receipt/v1
 *   clip sha256:<hex> [sm3:<hex>] size <bytes>
 *   stored age sha256:<hex> size <bytes>
 *   record sha256:<hex>
 *   object <kind>:<root>/<key> version <id> etag <etag>
 *   retain COMPLIANCE|DIRECTORY|NONE until <RFC 3339> hold on|off
 *   worm proven <probe id> <RFC 3339> | declared | none
 *   verified readback|parts|server-checksum|stat by archive|gateway at <RFC 3339>
 *   log <origin> <tree size> <leaf index>
 *
 * Throws NoteError `malformed` where something cannot be said so.
 */
export function writeReceiptText(receipt: ReceiptText): string {
  const text = linesOf(receipt)
    .map((line) => `${line}\n`)
    .join('');
  // Whatever reads back as something else, or not at all, was no receipt.
  if (!isDeepStrictEqual(fieldsOf(readReceiptText(text)), fieldsOf(receipt)))
    throw malformed('its fields cannot be told apart');
  return text;
}

function linesOf({
  archive,
  clip,
  stored,
  recordSha256,
  object,
  retain,
  worm,
  verified,
  log,
}: ReceiptText): string[] {
  const sm3 = clip.sm3 === null ? '' : ` sm3:${clip.sm3}`;
  return [
    `${archive}/receipt/v1`,
    `clip sha256:${clip.sha256}${sm3} size ${clip.sizeBytes}`,
    ...(stored === null ? [] : [`stored age sha256:${stored.sha256} size ${stored.sizeBytes}`]),
    `record sha256:${recordSha256}`,
    `object ${object.name} version ${object.versionId ?? '-'} etag ${object.etag ?? '-'}`,
    `retain ${retain.mode} until ${retain.until ?? '-'} hold ${retain.isOnHold ? 'on' : 'off'}`,
    worm.state === 'proven' ? `worm proven ${worm.probeId} ${worm.at}` : `worm ${worm.state}`,
    `verified ${verified.level} by ${verified.by} at ${verified.at}`,
    ...(log === null ? [] : [`log ${log.origin} ${log.treeSize} ${log.leafIndex}`]),
  ];
}

/** Every field by itself, so that what one says cannot pass for another's. */
function fieldsOf({ archive, clip, stored, recordSha256, object, retain, worm, verified, log }: ReceiptText) {
  const proof = worm.state === 'proven' ? [worm.probeId, worm.at] : [];
  return [
    [archive, recordSha256],
    [clip.sha256, clip.sizeBytes, clip.sm3],
    stored === null ? [] : [stored.sha256, stored.sizeBytes],
    [object.name, object.versionId, object.etag],
    [retain.mode, retain.until, retain.isOnHold],
    [worm.state, ...proof],
    [verified.level, verified.by, verified.at],
    log === null ? [] : [log.origin, log.treeSize, log.leafIndex],
  ];
}

const hash = '[0-9a-f]{64}';
const size = '0|[1-9][0-9]{0,15}';
const time =
  '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})';
/** Anything that prints and is no space; lengths as S3 bounds keys. */
const token = '[!-~]{1,1200}';
const lineForms = {
  archive: /^([^ ]+)\/receipt\/v1$/u,
  clip: new RegExp(`^clip sha256:(${hash})(?: sm3:(${hash}))? size (${size})$`, 'u'),
  stored: new RegExp(`^stored age sha256:(${hash}) size (${size})$`, 'u'),
  record: new RegExp(`^record sha256:(${hash})$`, 'u'),
  object: new RegExp(`^object ([a-z0-9]{1,20}:${token}) version (${token}) etag (${token})$`, 'u'),
  retain: new RegExp(`^retain (COMPLIANCE|DIRECTORY|NONE) until (-|${time}) hold (on|off)$`, 'u'),
  worm: new RegExp(`^worm (?:(declared|none)|proven ([!-~]{1,100}) (${time}))$`, 'u'),
  verified: new RegExp(`^verified (${verificationLevels.join('|')}) by (archive|gateway) at (${time})$`, 'u'),
  log: new RegExp(`^log ([!-~]{1,200}) (${size}) (${size})$`, 'u'),
} as const;

/** Reads a receipt, strictly: these lines in this order and nothing else. Throws NoteError `malformed`. */
export function readReceiptText(text: string): ReceiptText {
  const lines = new Lines(text);
  const [archive] = lines.next('archive');
  const [clipSha256, sm3, clipSize] = lines.next('clip');
  const stored = lines.maybe('stored');
  const [recordSha256] = lines.next('record');
  const [name, versionId, etag] = lines.next('object');
  const [mode, until, hold] = lines.next('retain');
  const [wormState, probeId, probedAt] = lines.next('worm');
  const [level, by, at] = lines.next('verified');
  const log = lines.maybe('log');
  lines.end();
  if (!isKeyName(archive ?? '')) throw malformed('its first line names no archive');
  return {
    archive: archive ?? '',
    clip: { ...digest(clipSha256, clipSize), sm3: sm3 ?? null },
    stored: stored === null ? null : digest(stored[0], stored[1]),
    recordSha256: recordSha256 ?? '',
    object: { name: name ?? '', versionId: known(versionId), etag: known(etag) },
    retain: {
      mode: mode as Holding['retain']['mode'],
      until: until === '-' ? null : instant(until),
      isOnHold: hold === 'on',
    },
    worm:
      probeId === undefined
        ? { state: wormState as 'declared' | 'none' }
        : { state: 'proven', probeId, at: instant(probedAt) },
    verified: { level: level as VerificationLevel, by: by as 'archive' | 'gateway', at: instant(at) },
    log: log === null ? null : { origin: log[0] ?? '', ...leaf(log[1], log[2]) },
  };
}

/** Takes a text line by line, each by its form. */
class Lines {
  readonly #lines: string[];

  constructor(text: string) {
    this.#lines = text.split('\n');
    if (this.#lines.length > 12 || this.#lines.pop() !== '')
      throw malformed('it does not end with its last line');
  }

  maybe(field: keyof typeof lineForms): (string | undefined)[] | null {
    const found = lineForms[field].exec(this.#lines[0] ?? '');
    if (found === null) return null;
    this.#lines.shift();
    return found.slice(1);
  }

  next(field: keyof typeof lineForms): (string | undefined)[] {
    const found = this.maybe(field);
    if (found === null) throw malformed(`where its ${field} should stand is another line`);
    return found;
  }

  end(): void {
    if (this.#lines.length > 0) throw malformed('it goes on after its last field');
  }
}

function digest(sha256: string | undefined, sizeBytes: string | undefined): ContentDigest {
  return { sha256: sha256 ?? '', sizeBytes: whole(sizeBytes) };
}

function leaf(
  treeSize: string | undefined,
  leafIndex: string | undefined,
): { treeSize: number; leafIndex: number } {
  const said = { treeSize: whole(treeSize), leafIndex: whole(leafIndex) };
  if (said.leafIndex >= said.treeSize) throw malformed('its leaf lies outside its log');
  return said;
}

function whole(digits: string | undefined): number {
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) throw malformed('it has a number that is too large');
  return value;
}

function known(word: string | undefined): string | null {
  return word === undefined || word === '-' ? null : word;
}

function instant(text: string | undefined): string {
  if (text === undefined || Number.isNaN(Date.parse(text))) throw malformed('it has a time that is none');
  return text;
}

function malformed(why: string): NoteError {
  return new NoteError('malformed', `this is no receipt: ${why}`);
}
