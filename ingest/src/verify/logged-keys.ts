import { custodyOrigin } from '../archive/receipts/custody-head.ts';
import type { NoteVerifier } from '../archive/receipts/note-key.ts';
import { verifierKeyText } from '../archive/receipts/note-key.ts';
import { readVerifierKey } from '../archive/receipts/verifier-key.ts';
import type { IndexReader } from '../index-store/index-database.ts';

/** Keys that the custody log says were trusted: what the log says can be checked, what a table says cannot. */
export interface LoggedKeys {
  /** Of the dock itself, under the name it signs receipts with. */
  dock: NoteVerifier[];
  /** Of the dock itself, under the name of its custody log. */
  heads: NoteVerifier[];
  /** Pinned for each target. */
  ofTarget: Map<string, NoteVerifier[]>;
}

export async function loggedKeys(index: IndexReader): Promise<LoggedKeys> {
  const rows = await index.read(
    "SELECT entry FROM custody_entry WHERE action = 'receipt-key-trusted' ORDER BY sequence",
  );
  const keys: LoggedKeys = { dock: [], heads: [], ofTarget: new Map() };
  for (const row of rows) {
    const logged = readLogged(String(row.entry));
    if (logged === null) continue;
    const key = readVerifierKey(logged.verifierKey);
    if (logged.target === null) {
      keys.dock.push(key);
      keys.heads.push(headKey(key));
    } else keys.ofTarget.set(logged.target, [...(keys.ofTarget.get(logged.target) ?? []), key]);
  }
  return keys;
}

/** The same key under the name it signs heads with. */
function headKey({ name, verifierKey }: NoteVerifier): NoteVerifier {
  const [, , ...base64] = verifierKey.split('+');
  const origin = custodyOrigin(name.slice('docket/'.length));
  return readVerifierKey(verifierKeyText(origin, Buffer.from(base64.join('+'), 'base64')));
}

function readLogged(entry: string): { verifierKey: string; target: string | null } | null {
  try {
    const { details } = JSON.parse(entry) as { details?: { verifierKey?: unknown; target?: unknown } };
    const { verifierKey, target } = details ?? {};
    if (typeof verifierKey !== 'string') return null;
    readVerifierKey(verifierKey);
    return { verifierKey, target: typeof target === 'string' ? target : null };
  } catch {
    // An entry that was tampered with is named by `verifyCustody`; its key is trusted by nobody.
    return null;
  }
}
