import { NoteError } from './note-error.ts';
import { isKeyName } from './note-key.ts';

/** Size and root of a dock's custody log, as others keep it: the text of a C2SP tlog-checkpoint. */
export interface CustodyHead {
  /** `docket/<dock>/custody` */
  origin: string;
  treeSize: number;
  rootHash: Buffer;
}

const rootHashBytes = 32;

/** Whose log it is; also the name of the key that signs its heads (C2SP tlog-checkpoint, "Signatures"). */
export function custodyOrigin(dockName: string): string {
  return `docket/${dockName}/custody`;
}

/** The text of a checkpoint: origin, size, and root in Base64, one a line (C2SP tlog-checkpoint, "Note text"). */
export function writeHeadText({ origin, treeSize, rootHash }: CustodyHead): string {
  return `${origin}\n${treeSize}\n${rootHash.toString('base64')}\n`;
}

/** Reads a checkpoint, strictly, and without the further lines that others may add. Throws NoteError `malformed`. */
export function readHeadText(text: string): CustodyHead {
  const [, origin, size, root] = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n$/u.exec(text) ?? [];
  const rootHash = Buffer.from(root ?? '', 'base64');
  const treeSize = Number(size);
  const isHead =
    origin !== undefined &&
    isKeyName(origin) &&
    Number.isSafeInteger(treeSize) &&
    rootHash.length === rootHashBytes &&
    rootHash.toString('base64') === root;
  if (!isHead) throw new NoteError('malformed', 'this is no head of a custody log');
  return { origin, treeSize, rootHash };
}
