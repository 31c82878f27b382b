import { sha256Hex } from '@docket/ingest';
import { ReceiverProblem } from './receiver-problem.ts';

const day = '\\d{4}-\\d{2}-\\d{2}';
const clipId = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const dock = '(?<dock>[A-Za-z0-9][A-Za-z0-9._-]{0,63})';
const forms = {
  record: new RegExp(`^records/${day}/${clipId}\\.json$`, 'u'),
  receipt: new RegExp(`^receipts/${day}/${clipId}\\.note$`, 'u'),
  index: new RegExp(`^index/${dock}/${day}/(?<number>\\d{12})-(?<hash16>[0-9a-f]{16})\\.json$`, 'u'),
  head: new RegExp(`^heads/${dock}/(?<number>\\d{12})\\.note$`, 'u'),
};

/** What a document is, as its key in the layout of every archive says. */
export type DocumentKind =
  | { kind: 'record' | 'receipt' }
  | { kind: 'index'; dock: string; sequence: number; hash16: string }
  | { kind: 'head'; dock: string; treeSize: number };

/** Reads a key. Throws `request-invalid` for one that no document has: nothing else leads to a file. */
export function readDocumentKey(key: string): DocumentKind {
  if (forms.record.test(key)) return { kind: 'record' };
  if (forms.receipt.test(key)) return { kind: 'receipt' };
  const index = forms.index.exec(key)?.groups;
  if (index !== undefined) {
    const { dock: name = '', number, hash16 = '' } = index;
    return { kind: 'index', dock: name, sequence: Number(number), hash16 };
  }
  const head = forms.head.exec(key)?.groups;
  if (head !== undefined) return { kind: 'head', dock: head.dock ?? '', treeSize: Number(head.number) };
  throw new ReceiverProblem('request-invalid', 'no document has such a key');
}

/** Throws `not-yours` for a chain or a log of another dock, `request-invalid` where the body is not what its key says. */
export function assertFits(kind: DocumentKind, dockName: string, body: string): void {
  if ('dock' in kind && kind.dock !== dockName) throw new ReceiverProblem('not-yours');
  if (kind.kind === 'index' && !sha256Hex(body).startsWith(kind.hash16)) {
    throw new ReceiverProblem('request-invalid', 'the key does not begin with the hash of the record');
  }
}
