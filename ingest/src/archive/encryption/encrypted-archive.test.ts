import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, onTestFinished, test } from 'vitest';
import { Ingest } from '../../ingest.ts';
import { filesBelow, sha256 } from '../../testing/sound-store.ts';
import { ingestOptions, TestDock } from '../../testing/test-dock.ts';
import { readReceiptText } from '../receipts/receipt-text.ts';
import { readNote } from '../receipts/signed-note.ts';
import { directoryTarget } from '../target-settings.ts';

test.skipIf(!existsSync('/usr/bin/age'))(
  'an archive with recipients gets no plain byte, and a receipt that names the original and what lies there',
  async () => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), 'footage'.repeat(10_000));
    await dock.dock();
    const { clipId, sha256: original, sizeBytes } = await dock.clip('a.mp4');
    await dock.close();
    // A spool nobody waits for any more goes at the next start.
    await mkdir(join(dock.store, 'forwarding'), { recursive: true });
    await writeFile(join(dock.store, 'forwarding', 'of-nobody.main.age'), 'old');

    const identity = await generateX25519Identity();
    const encryptTo = [await identityToRecipient(identity)];
    const { store, archive } = dock;
    const options = ingestOptions({
      store,
      archive,
      releasePolicy: 'never',
      onStatus: () => {},
      onForwardError: (error) => {
        throw error;
      },
    });
    const targets = [directoryTarget('main', archive, { encryptTo })];
    const ingest = await Ingest.open({ ...options, archive: { ...options.archive, targets } });
    onTestFinished(() => ingest.close());
    expect(await filesBelow(join(store, 'forwarding'))).toEqual([]);
    const stop = new AbortController();
    ingest.archive.forwarder.onReceipted(() => stop.abort());
    await ingest.archive.forwarder.run(stop.signal);

    const [object, ...more] = (await filesBelow(archive)).filter((file) => file.startsWith('clips/'));
    expect(more).toEqual([]);
    const stored = await readFile(join(archive, object ?? ''));
    expect(stored.includes('footage')).toBe(false);
    const [row] = await ingest.database.read('SELECT body FROM receipt WHERE clip_id = ?', [clipId]);
    const receipt = readReceiptText(readNote(String(row?.body)).text);
    expect(receipt.clip).toEqual({ sha256: original, sizeBytes, sm3: null });
    expect(receipt.stored).toEqual({ sha256: sha256(stored), sizeBytes: stored.length });
    const identityFile = join(dock.root, 'identity.txt');
    await writeFile(identityFile, `${identity}\n`);
    const plain = execFileSync('age', ['-d', '-i', identityFile, join(archive, object ?? '')]);
    expect(sha256(plain)).toBe(original);
    expect(await filesBelow(join(store, 'forwarding'))).toEqual([]);
  },
);
