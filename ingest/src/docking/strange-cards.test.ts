import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { expectSoundStore, filesBelow, sha256 } from '../testing/sound-store.ts';
import { TestDock } from '../testing/test-dock.ts';

const raw = (card: string, name: Buffer) => Buffer.concat([Buffer.from(`${card}/`), name]);

describe('a card with strange names', () => {
  const names: [string, Buffer, string, string | null][] = [
    ['line feeds', Buffer.from('a\nb.mp4'), 'a\\u{a}b.mp4', 'unsafe-name'],
    ['a right-to-left override', Buffer.from('clip\u202e4pm.mp4'), 'clip\\u{202e}4pm.mp4', 'unsafe-name'],
    ['GBK bytes', Buffer.from('d6b4b7a82e6d7034', 'hex'), '执法.mp4', null],
    ['no encoding at all', Buffer.from('61ff2e6d7034', 'hex'), 'a\\xff.mp4', 'unsafe-name'],
    ['a way out for Windows', Buffer.from('..\\..\\boot.mp4'), '..\\..\\boot.mp4', 'unsafe-name'],
    ['three dots', Buffer.from('....mp4'), '....mp4', null],
    [
      'a quote and a semicolon',
      Buffer.from("a'); DROP TABLE clip;--.mp4"),
      "a'); DROP TABLE clip;--.mp4",
      null,
    ],
    ['255 bytes', Buffer.from(`${'x'.repeat(251)}.mp4`), `${'x'.repeat(251)}.mp4`, null],
  ];

  test('is taken whole, keeps every name to the byte, and writes nothing outside the store', async () => {
    const dock = await TestDock.open();
    for (const [index, [, bytes]] of names.entries())
      await writeFile(raw(dock.card, bytes), `content ${index}`);
    const { issue } = await dock.dock();
    expect(issue).toBeNull();
    const clips = await dock.clips();
    for (const [index, [what, bytes, name, quarantine]] of names.entries()) {
      const clip = clips.find((candidate) => candidate.pathBytes.equals(bytes));
      expect(clip, what).toMatchObject({
        name,
        state: 'sealed',
        sha256: sha256(`content ${index}`),
      });
      expect(clip?.quarantine?.reason ?? null, what).toBe(quarantine);
    }
    expect(clips).toHaveLength(names.length);
    await expectSoundStore(dock);
    expect((await readdir(dock.root)).sort()).toEqual(
      ['archive', 'card', 'store'].filter((name) => name !== 'archive'),
    );
    const outsideClips = (await filesBelow(dock.store)).filter((file) => !file.startsWith('clips/'));
    expect(outsideClips.filter((file) => !file.startsWith('index.sqlite'))).toEqual(['receipt-key.pem']);
    const stored = await filesBelow(dock.ingest.layout.clips);
    for (const file of stored)
      expect(file).toMatch(/^\d{4}-\d\d-\d\d\/[0-9a-f-]{36}\/(?:media\.[a-z0-9]+|clip\.json)$/u);
  });
});

describe('a card with more than files', () => {
  test('links, pipes, sockets and devices are shown, never opened, and hold up nothing', async () => {
    const dock = await TestDock.open();
    const secret = join(dock.root, 'secret.mp4');
    await writeFile(secret, 'not the recorder’s');
    await writeFile(join(dock.card, 'good.mp4'), 'footage');
    await symlink(secret, join(dock.card, 'link.mp4'));
    await symlink('/', join(dock.card, 'root'));
    await symlink('.', join(dock.card, 'loop'));
    execFileSync('mkfifo', [join(dock.card, 'pipe.mp4')]);
    execFileSync('mknod', [join(dock.card, 'zero.mp4'), 'c', '1', '5']);
    execFileSync('mknod', [join(dock.card, 'disk.mp4'), 'b', '254', '0']);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(dock.card, 'socket.mp4'), resolve));
    onTestFinished(() => void server.close());

    const { issue, last } = await dock.dock();
    expect(issue).toBeNull();
    expect(last).toMatchObject({
      phase: 'attention',
      safeToUndock: true,
      issue: { code: 'clips-quarantined' },
    });
    const told = (await dock.clips()).map((clip) => [clip.name, clip.state, clip.quarantine?.reason]);
    expect(told.sort()).toEqual([
      ['disk.mp4', 'unreadable', 'device-node'],
      ['good.mp4', 'sealed', undefined],
      ['link.mp4', 'unreadable', 'symbolic-link'],
      ['loop', 'unreadable', 'symbolic-link'],
      ['pipe.mp4', 'unreadable', 'named-pipe'],
      ['root', 'unreadable', 'symbolic-link'],
      ['socket.mp4', 'unreadable', 'socket'],
      ['zero.mp4', 'unreadable', 'device-node'],
    ]);
    await expectSoundStore(dock);
  });

  test('the same refused entries of the next docking do not become new rows', async () => {
    const dock = await TestDock.open();
    await symlink('/etc/passwd', join(dock.card, 'link.mp4'));
    await dock.dock();
    await dock.dock();
    expect(await dock.clips()).toHaveLength(1);
  });

  test('an empty clip is kept, and a person is told', async () => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'empty.mp4'), '');
    await dock.dock();
    expect(await dock.clip('empty.mp4')).toMatchObject({
      state: 'sealed',
      sizeBytes: 0,
      sha256: sha256(''),
      quarantine: { reason: 'empty-file' },
    });
    await dock.dock();
    expect(await dock.clips()).toHaveLength(1);
    await expectSoundStore(dock);
  });

  test('300 clips in one folder and a folder 30 levels down are all taken', async () => {
    const dock = await TestDock.open();
    const folder = join(dock.card, 'DCIM', 'IMP');
    const deep = join(dock.card, ...Array.from({ length: 30 }, (_, level) => `level-${level}`));
    const tooDeep = join(deep, 'a', 'b');
    await mkdir(folder, { recursive: true });
    await mkdir(tooDeep, { recursive: true });
    for (let index = 0; index < 300; index += 1)
      await writeFile(join(folder, `${index}.mp4`), `clip ${index}`);
    await writeFile(join(deep, 'deep.mp4'), 'deep');
    await writeFile(join(tooDeep, 'deeper.mp4'), 'deeper');
    const { last } = await dock.dock();
    expect(last.progress).toMatchObject({ clipsTotal: 302, clipsDone: 301 });
    const clips = await dock.clips();
    expect(clips.filter((clip) => clip.state === 'sealed' && clip.marked)).toHaveLength(300);
    expect((await dock.clip('deep.mp4')).path.split('/')).toHaveLength(31);
    expect(clips.filter((clip) => clip.quarantine?.reason === 'folder-too-deep')).toHaveLength(1);
    await expectSoundStore(dock);
  });

  test('a file that claims to be longer than any disk holds up no other clip', async () => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), 'footage');
    await writeFile(join(dock.card, 'b.mp4'), '');
    await truncate(join(dock.card, 'b.mp4'), 2 ** 44 - 4096);
    await writeFile(join(dock.card, 'c.mp4'), Buffer.alloc(1_100_000, 7));
    await dock.dock({
      until: ({ progress, issue }) => progress.clipsDone === 2 && issue?.code === 'store-full',
    });
    expect((await dock.clip('a.mp4')).state).toBe('sealed');
    expect((await dock.clip('c.mp4')).state).toBe('sealed');
  });

  test('the stored copy is byte for byte the file on the card', async () => {
    const dock = await TestDock.open();
    const sizes = [1, 4095, 4096, 4097, 1_048_575, 1_048_576, 1_048_577, 3_000_001];
    for (const size of sizes) {
      const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 31 + size) % 251));
      await writeFile(join(dock.card, `${size}.mp4`), bytes);
    }
    await dock.dock();
    for (const size of sizes) {
      const clip = await dock.clip(`${size}.mp4`);
      const stored = await readFile(dock.ingest.layout.mediaFile(clip.clipId, clip.name));
      expect(stored.equals(await readFile(join(dock.card, `${size}.mp4`)))).toBe(true);
    }
    await expectSoundStore(dock);
  });
});
