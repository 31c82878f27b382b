import { execFileSync } from 'node:child_process';
import { appendFile, link, mkdir, open, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { chunkBytes } from '../../pull/page-aligned-ring.ts';
import { sha256Hex } from '../../store/sealed-record.ts';
import { incomingOfDock1, openArchive } from '../../testing/directory-archives.ts';
import { whyNotImmutable } from '../../testing/immutable-files.ts';
import { exfatFileSystem, whyNoExfat } from '../../testing/small-file-system.ts';
import { filesBelow } from '../../testing/sound-store.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { encryptedContentKey } from '../archive-layout.ts';
import { isArchiveRefusal } from '../archive-refusal.ts';
import { YieldLine } from '../archive-target.ts';
import { depositOf, FreeLine, footage } from '../peers/archive-contract.ts';
import { isSound, isWormProven } from '../probe-report.ts';
import { makeMutable } from './immutable-flag.ts';
import { placeFile, placeWithoutLink } from './place-file.ts';

const { signal } = new AbortController();
const refusedAs = (code: Parameters<typeof isArchiveRefusal>[1]) => (error: unknown) =>
  isArchiveRefusal(error, code);

/** A deposit that was cut off after two of its pieces, and the file it left. */
async function cutOff(root: string) {
  const archive = openArchive(root);
  const sent = await depositOf(footage(4 * chunkBytes + 100, 5));
  const line = new FreeLine((takes) => {
    if (takes === 3) throw new YieldLine();
  });
  await expect(archive.deposit(sent, line, signal)).rejects.toBeInstanceOf(YieldLine);
  return { archive, sent, line, file: join(root, incomingOfDock1, line.session ?? '') };
}

function again(session: string | null): FreeLine {
  const line = new FreeLine();
  line.session = session;
  return line;
}

describe('a deposit that was cut off', () => {
  test('sends only the pieces that are not there', async () => {
    const { archive, sent, line } = await cutOff(await temporaryFolder());
    const second = again(line.session);
    expect((await archive.deposit(sent, second, signal)).holding.stored).toEqual(sent.original);
    expect(line.takenBytes).toBe(2 * chunkBytes);
    expect(second.takenBytes).toBe(2 * chunkBytes + 100);
    expect(second.session).toBeNull();
  });

  test.each([
    ['a turned byte in the first piece', 10, 4 * chunkBytes + 100],
    ['a turned byte in the second piece', chunkBytes + 10, 3 * chunkBytes + 100],
  ])('believes nothing that lies there: with %s it goes on before that', async (_what, at, sentAgain) => {
    const { archive, sent, line, file } = await cutOff(await temporaryFolder());
    const handle = await open(file, 'r+');
    await handle.write(Uint8Array.of(255), 0, 1, at);
    await handle.close();
    const second = again(line.session);
    expect((await archive.deposit(sent, second, signal)).holding.stored).toEqual(sent.original);
    expect(second.takenBytes).toBe(sentAgain);
  });

  test('and has junk behind it, as a power cut leaves it, ends in the clip and nothing more', async () => {
    const { archive, sent, line, file } = await cutOff(await temporaryFolder());
    await appendFile(file, Buffer.alloc(5 * chunkBytes));
    const { holding } = await archive.deposit(sent, again(line.session), signal);
    expect(holding.stored).toEqual(sent.original);
  });

  test('is swept where no session owns it, and stays where one does', async () => {
    const root = await temporaryFolder();
    const { archive, line, file } = await cutOff(root);
    await archive.sweep(new Set([line.session ?? '']));
    expect((await stat(file)).isFile()).toBe(true);
    await archive.sweep(new Set());
    expect(await filesBelow(root)).toEqual(['archive.json']);
  });

  test('reaches for no file outside its folder, whatever the session says', async () => {
    const root = await temporaryFolder();
    const stranger = join(root, 'stranger.part');
    await writeFile(stranger, 'not ours');
    const line = again('../../stranger.part');
    await openArchive(root).deposit(await depositOf('footage'), line, signal);
    expect(await readFile(stranger, 'utf8')).toBe('not ours');
  });
});

test('an empty file under the name of a clip is a placing that was cut off, and is finished', async () => {
  const root = await temporaryFolder();
  const sent = await depositOf(footage(5000, 1));
  const { sha256 } = sent.original;
  const path = join(root, 'clips', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '');
  await openArchive(root).deposit(sent, new FreeLine(), signal);
  expect(sha256Hex(await readFile(path))).toBe(sha256);
});

test.each([
  ['by a link', placeFile],
  ['without one', placeWithoutLink],
])('a name that is taken is not taken again %s', async (_how, place) => {
  const folder = await temporaryFolder();
  const [one, two, name] = [join(folder, 'one'), join(folder, 'two'), join(folder, 'name')];
  await writeFile(one, 'one');
  await writeFile(two, 'two');
  expect(await place(one, name)).toBe(true);
  expect(await place(two, name)).toBe(false);
  expect(await readFile(name, 'utf8')).toBe('one');
});

test('encrypted content lies beside the plain by its own hash', async () => {
  const root = await temporaryFolder();
  const archive = openArchive(root);
  const secret = await depositOf('ciphertext');
  const original = { sha256: sha256Hex('plain'), sizeBytes: 5 };
  const deposit = { ...secret, original, content: { ...secret.content, encryption: 'age' as const } };
  const { holding } = await archive.deposit(deposit, new FreeLine(), signal);
  expect(holding.object.key).toBe(encryptedContentKey(original.sha256, secret.content.sha256));
  expect(holding.stored.sha256).toBe(secret.content.sha256);
});

describe.skipIf(whyNoExfat !== null)(`a file system without hard links ${whyNoExfat ?? ''}`, () => {
  test('is an archive all the same, and nothing on it is written over', async () => {
    const root = exfatFileSystem();
    await writeFile(join(root, 'a'), 'a');
    await expect(link(join(root, 'a'), join(root, 'b'))).rejects.toMatchObject({ code: 'EPERM' });
    await rm(join(root, 'a'));
    const archive = openArchive(join(root, 'archive'));
    const sent = await depositOf(footage(chunkBytes + 5000, 1));
    const first = await archive.deposit(sent, new FreeLine(), signal);
    expect(first.holding.stored).toEqual(sent.original);
    const path = join(root, 'archive', first.holding.object.key);
    const { mtimeMs, ino } = await stat(path);
    await archive.deposit(sent, new FreeLine(), signal);
    expect(await stat(path)).toMatchObject({ mtimeMs, ino });
    const handle = await open(path, 'r+');
    await handle.write(Uint8Array.of(255), 0, 1, 100);
    await handle.close();
    const spoilt = archive.deposit(sent, new FreeLine(), signal);
    await expect(spoilt).rejects.toSatisfy(refusedAs('holds-other-bytes'));
    expect(await filesBelow(join(root, 'archive', 'incoming'))).toEqual([]);
  });

  test('proves itself, and cannot be said to be immutable', async () => {
    const root = exfatFileSystem();
    expect(isSound(await openArchive(root).probe(signal))).toBe(true);
    const immutable = openArchive(root, { isImmutable: true });
    const depositing = immutable.deposit(await depositOf('footage'), new FreeLine(), signal);
    await expect(depositing).rejects.toSatisfy(refusedAs('not-kept'));
    const report = await immutable.probe(signal);
    expect(isSound(report)).toBe(false);
    expect(report.results.find(({ check }) => check === 'put')?.detail).toContain('immutable');
  });
});

describe.skipIf(whyNotImmutable !== null)(`an immutable archive ${whyNotImmutable ?? ''}`, () => {
  async function immutable() {
    const root = await temporaryFolder();
    onTestFinished(async () => {
      execFileSync('chattr', ['-R', '-i', root], { stdio: 'pipe' });
    });
    return { root, archive: openArchive(root, { isImmutable: true }) };
  }

  test('keeps each clip so that our own user can neither change nor remove it', async () => {
    const { root, archive } = await immutable();
    const sent = await depositOf(footage(5000, 1));
    const { holding } = await archive.deposit(sent, new FreeLine(), signal);
    const path = join(root, holding.object.key);
    await expect(unlink(path)).rejects.toMatchObject({ code: 'EPERM' });
    await expect(writeFile(path, 'x')).rejects.toMatchObject({ code: 'EPERM' });
    expect((await stat(path)).nlink).toBe(1);
    await archive.deposit(sent, new FreeLine(), signal);
    await archive.sweep(new Set());
    expect(await filesBelow(join(root, 'incoming'))).toEqual([]);
  });

  test('proves that nothing of it can be changed, and leaves no canary', async () => {
    const { root, archive } = await immutable();
    const report = await archive.probe(signal);
    expect(report.results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(isWormProven(report)).toBe(true);
    expect(await filesBelow(root)).toEqual(['archive.json']);
  });

  test('makes immutable what a run before it had only placed', async () => {
    const { root, archive } = await immutable();
    const sent = await depositOf(footage(5000, 1));
    const { holding } = await archive.deposit(sent, new FreeLine(), signal);
    const path = join(root, holding.object.key);
    await makeMutable(path);
    await archive.deposit(sent, new FreeLine(), signal);
    await expect(unlink(path)).rejects.toMatchObject({ code: 'EPERM' });
  });
});

test('a probe of a plain folder passes all it claims, claims no WORM, tells its clock and leaves nothing', async () => {
  const root = await temporaryFolder();
  const report = await openArchive(root).probe(signal);
  const outcomes = Object.fromEntries(report.results.map(({ check, outcome }) => [check, outcome]));
  expect(outcomes).toMatchObject({
    put: 'passed',
    'read-back': 'passed',
    'wrong-hash': 'passed',
    resume: 'passed',
    clock: 'passed',
    retention: 'not-applicable',
    'worm-delete': 'not-applicable',
  });
  expect(isSound(report)).toBe(true);
  expect(isWormProven(report)).toBe(false);
  expect(Math.abs(report.clockOffsetMs ?? Number.NaN)).toBeLessThan(60_000);
  expect(await filesBelow(root)).toEqual(['archive.json']);
});
