import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, onTestFinished, test } from 'vitest';
import { HashPool } from '../../pull/hash-pool.ts';
import { sha256Hex } from '../../store/sealed-record.ts';
import { smallFileSystem, whyNoMounts } from '../../testing/small-file-system.ts';
import { filesBelow } from '../../testing/sound-store.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { isArchiveRefusal } from '../archive-refusal.ts';
import { footage } from '../peers/archive-contract.ts';
import type { PlainOriginal } from './encrypt-for-archive.ts';
import { EncryptionSpool } from './encryption-spool.ts';

const { signal: never } = new AbortController();
const whyNoAge = existsSync('/usr/bin/age') ? null : 'Debian’s age is not installed';

interface Bench {
  folder: string;
  spool: EncryptionSpool;
  original: PlainOriginal;
  entry: { clipId: string; target: string };
  identity: string;
  recipient: string;
}

/** A clip in a store, and an archive that can read what is encrypted to it. */
async function bench(content: Buffer = footage(3_000_001, 1), folder?: string): Promise<Bench> {
  const root = await temporaryFolder();
  const file = join(root, 'media.mp4');
  await writeFile(file, content);
  const identity = await generateX25519Identity();
  const pool = new HashPool(1);
  onTestFinished(() => pool.stop());
  const spoolFolder = folder ?? join(root, 'forwarding');
  return {
    folder: spoolFolder,
    spool: new EncryptionSpool(spoolFolder, pool),
    original: { file, sha256: sha256Hex(content), sizeBytes: content.length },
    entry: { clipId: uuidv7(), target: 'main' },
    identity,
    recipient: await identityToRecipient(identity),
  };
}

/** What Debian's age makes of a file with an identity. */
async function decryptedByAge(identity: string, file: string): Promise<Buffer> {
  const identityFile = join(await temporaryFolder(), 'identity.txt');
  await writeFile(identityFile, `${identity}\n`);
  return execFileSync('age', ['--decrypt', '--identity', identityFile, file], {
    maxBuffer: 64_000_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe('a clip encrypted for an archive', () => {
  test.skipIf(whyNoAge !== null).each([0, 1, 65_536, 3_000_001])(
    'is decrypted by Debian’s age to the original of %i bytes',
    async (size) => {
      const { spool, original, entry, recipient, identity } = await bench(footage(size, 3));
      const copy = await spool.encrypt(entry, original, [recipient], never);
      const bytes = await readFile(copy.file);
      expect(copy).toMatchObject({ sha256: sha256Hex(bytes), sizeBytes: bytes.length });
      expect((await decryptedByAge(identity, copy.file)).equals(footage(size, 3))).toBe(true);
    },
  );

  test.skipIf(whyNoAge !== null)('can be read by each of its recipients, and by nobody else', async () => {
    const { spool, original, entry, recipient, identity } = await bench();
    const second = await generateX25519Identity();
    const stranger = await generateX25519Identity();
    const copy = await spool.encrypt(entry, original, [recipient, await identityToRecipient(second)], never);
    for (const one of [identity, second]) {
      expect(sha256Hex(await decryptedByAge(one, copy.file))).toBe(original.sha256);
    }
    await expect(decryptedByAge(stranger, copy.file)).rejects.toThrow(/no identity matched/u);
  });

  test('to a post-quantum recipient has no other kind of recipient beside it', async () => {
    const { spool, original, entry } = await bench(footage(10, 1));
    const recipient = await identityToRecipient(await generateHybridIdentity());
    const copy = await spool.encrypt(entry, original, [recipient], never);
    const header = (await readFile(copy.file)).toString('latin1');
    expect(header.match(/^-> \S+/gmu)).toEqual(['-> mlkem768x25519', '-> mlkem768x25519']);
  });

  test('is, after a restart, the same bytes', async () => {
    const { spool, folder, original, entry, recipient } = await bench();
    const before = await spool.encrypt(entry, original, [recipient], never);
    const pool = new HashPool(1);
    onTestFinished(() => pool.stop());
    const reopened = new EncryptionSpool(folder, pool);
    await reopened.sweep([entry]);
    expect(await reopened.encrypt(entry, original, [recipient], never)).toEqual(before);
  });

  test.each([
    ['went bad on the disk', (file: string) => appendFile(file, 'x')],
    ['is gone', (file: string) => rm(file)],
    ['has lost what it is of', (file: string) => writeFile(`${file}.json`, '{')],
    ['stands half written', (file: string) => rename(file, `${file}.part`)],
  ])('whose spool %s is encrypted again', async (_what, spoil) => {
    const { spool, original, entry, recipient } = await bench();
    const before = await spool.encrypt(entry, original, [recipient], never);
    await spoil(before.file);
    const after = await spool.encrypt(entry, original, [recipient], never);
    expect(after.sha256).not.toBe(before.sha256);
    expect(sha256Hex(await readFile(after.file))).toBe(after.sha256);
  });

  test('is encrypted again where it is for somebody else now, or was of another clip', async () => {
    const { spool, original, entry, recipient } = await bench();
    const before = await spool.encrypt(entry, original, [recipient], never);
    const other = await identityToRecipient(await generateX25519Identity());
    const after = await spool.encrypt(entry, original, [other], never);
    expect(after.sha256).not.toBe(before.sha256);
    await writeFile(original.file, footage(5000, 9));
    const replaced = { ...original, sha256: sha256Hex(footage(5000, 9)), sizeBytes: 5000 };
    expect((await spool.encrypt(entry, replaced, [other], never)).sha256).not.toBe(after.sha256);
  });
});

describe('nothing is spooled', () => {
  test.each([
    ['has another byte', (path: string) => writeFile(path, footage(3_000_001, 2))],
    ['is longer', (path: string) => appendFile(path, 'x')],
    ['is shorter', (path: string) => writeFile(path, footage(3_000_000, 1))],
    ['is missing', (path: string) => rm(path)],
  ])('of a clip that %s than was pulled', async (_what, spoil) => {
    const { spool, folder, original, entry, recipient } = await bench();
    await spoil(original.file);
    const encrypting = spool.encrypt(entry, original, [recipient], never);
    await expect(encrypting).rejects.toSatisfy((error) => isArchiveRefusal(error, 'clip-damaged'));
    expect(await filesBelow(folder)).toEqual([]);
  });

  test('when it is stopped on the way', async () => {
    const { spool, folder, original, entry, recipient } = await bench(Buffer.alloc(24_000_000, 7));
    const stop = new AbortController();
    const encrypting = spool.encrypt(entry, original, [recipient], stop.signal);
    encrypting.catch(() => {});
    await expect
      .poll(() => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.part')), {
        interval: 1,
        timeout: 20_000,
      })
      .toBe(true);
    stop.abort(new Error('stopped'));
    await expect(encrypting).rejects.toThrow('stopped');
    expect(await filesBelow(folder)).toEqual([]);
  });

  test('for a recipient that is none', async () => {
    const { spool, folder, original, entry } = await bench();
    await expect(spool.encrypt(entry, original, ['age1nobody'], never)).rejects.toMatchObject({
      code: 'STORE_FAILED',
    });
    expect(await filesBelow(folder)).toEqual([]);
    await expect(spool.encrypt(entry, original, [], never)).rejects.toThrow(TypeError);
  });

  test.skipIf(whyNoMounts !== null)('on a store that is full, which is what it says', async () => {
    const { spool, folder, original, entry, recipient } = await bench(
      footage(3_000_001, 1),
      smallFileSystem('2m'),
    );
    const encrypting = spool.encrypt(entry, original, [recipient], never);
    await expect(encrypting).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(await filesBelow(folder)).toEqual([]);
  });
});

test('a swept leftover never stays, and nothing that waits is swept', async () => {
  const { spool, folder, original, entry, recipient } = await bench(footage(1000, 1));
  await spool.sweep([]);
  const copy = await spool.encrypt(entry, original, [recipient], never);
  const other = { clipId: uuidv7(), target: 'second' };
  await spool.encrypt(other, original, [recipient], never);
  await writeFile(`${copy.file}.part`, 'half');
  await writeFile(join(folder, 'of-nobody.age'), 'old');
  await mkdir(join(folder, 'folder'));
  await spool.sweep([entry]);
  expect(await filesBelow(folder)).toEqual([`${entry.clipId}.main.age`, `${entry.clipId}.main.age.json`]);
  expect(readdirSync(folder)).toHaveLength(2);
  await spool.forget(entry);
  await spool.forget(entry);
  expect(await filesBelow(folder)).toEqual([]);
});

test('only its owner and group can read a spool', async () => {
  const { spool, original, entry, recipient } = await bench(footage(10, 1));
  const { file } = await spool.encrypt(entry, original, [recipient], never);
  expect((await stat(file)).mode & 0o007).toBe(0);
});
