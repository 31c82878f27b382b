import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openIndexWithDocking } from '../testing/index-rows.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { LiveSources } from './live-sources.ts';

const ground = { operator: '李四', reason: 'delivered today' };

async function openSources() {
  const index = await openIndexWithDocking();
  const root = await temporaryFolder();
  const layout = { root, incoming: join(root, 'incoming') };
  await mkdir(layout.incoming);
  const open = () => LiveSources.open(index.database, index.custody, layout);
  const addRecorder = (recorderId: string, serialNumber: string | null) =>
    index.database.write((transaction) =>
      transaction.run(
        `INSERT INTO recorder (recorder_id, serial_number, driver, identity_source, first_seen_at, last_seen_at)
         VALUES (?, ?, 'volume', 'device', '2026-08-04T00:00:00.000Z', '2026-08-04T00:00:00.000Z')`,
        [recorderId, serialNumber],
      ),
    );
  const custodyText = async () =>
    (await index.database.read('SELECT entry FROM custody_entry')).map((row) => String(row.entry)).join('\n');
  return {
    ...index,
    ...index.context,
    layout,
    open,
    sources: await open(),
    addRecorder,
    custodyText,
    secretsFile: join(root, 'live-secrets.json'),
  };
}

describe('recorders that are pulled', () => {
  test('keep their password in a file that only the gateway reads, and neither index nor custody holds it', async () => {
    const { sources, recorderId, secretsFile, database, custodyText, open } = await openSources();
    const url = 'rtsp://192.0.2.7:554/stream1';
    const wanted = {
      recorderId,
      way: 'pull-rtsp' as const,
      url,
      userName: 'admin',
      password: 'geheim-9-geheim',
    };
    const { source, shown } = await sources.set({ ...wanted, isAlwaysPulled: true }, ground);
    expect(shown).toBeNull();
    expect(source).toMatchObject({ url, userName: 'admin', secret: 'geheim-9-geheim', isAlwaysPulled: true });
    expect((await stat(secretsFile)).mode & 0o777).toBe(0o600);
    expect((await open()).get(recorderId)).toEqual(source);
    const rows = JSON.stringify(await database.read('SELECT * FROM live_source'));
    expect(`${rows}${await custodyText()}`).not.toContain('geheim');
    expect(await custodyText()).toContain('"action":"live-source-set"');
  });

  test('keep the password that is not named again, lose it when they ask for none, and leave nothing in the file', async () => {
    const { sources, recorderId, secretsFile } = await openSources();
    const wanted = { recorderId, way: 'pull-rtsp' as const, url: 'rtsp://192.0.2.7/1', userName: 'admin' };
    await sources.set({ ...wanted, password: 'one-password' }, ground);
    const sameHost = await sources.set({ ...wanted, url: 'rtsp://192.0.2.7:554/other' }, ground);
    expect(sameHost.source.secret).toBe('one-password');
    await sources.set({ ...wanted, password: 'another-password' }, ground);
    expect(await readFile(secretsFile, 'utf8')).not.toContain('one-password');
    expect((await sources.set({ ...wanted, password: null }, ground)).source.secret).toBe('');
    expect(JSON.parse(await readFile(secretsFile, 'utf8'))).toEqual({});
  });

  test.each(['rtsp://192.0.2.8/1', 'rtsp://192.0.2.7:8554/1'])(
    'want their password again for another address (%s), for it is given to nobody else',
    async (url) => {
      const { sources, recorderId } = await openSources();
      const wanted = { recorderId, way: 'pull-rtsp' as const, url: 'rtsp://192.0.2.7/1', userName: 'admin' };
      await sources.set({ ...wanted, password: 'one-password' }, ground);
      const before = sources.get(recorderId);
      await expect(sources.set({ ...wanted, url }, ground)).rejects.toMatchObject({
        code: 'LIVE_PASSWORD_WANTED',
      });
      expect(sources.get(recorderId)).toEqual(before);
      expect((await sources.set({ ...wanted, url, password: null }, ground)).source).toMatchObject({
        url,
        secret: '',
      });
      // Without a password there is nothing to give away.
      expect((await sources.set(wanted, ground)).source.url).toBe(wanted.url);
    },
  );

  test('have no password where the file was lost with another machine, and stand otherwise', async () => {
    const { sources, recorderId, secretsFile, open } = await openSources();
    await sources.set(
      {
        recorderId,
        way: 'pull-rtsp',
        url: 'rtsp://192.0.2.7/1',
        userName: 'admin',
        password: 'one-password',
      },
      ground,
    );
    await rm(secretsFile);
    expect((await open()).get(recorderId)).toMatchObject({ userName: 'admin', secret: '' });
  });

  test.each([
    ['rtsps://192.0.2.7/1', 'rtsp://'],
    ['http://192.0.2.7/1', 'rtsp://'],
    ['rtsp://admin:secret@192.0.2.7/1', 'beside'],
    ['rtsp://admin@192.0.2.7/1', 'beside'],
    ['rtsp://192.0.2.7/user=admin&password=secret&channel=1', 'password'],
    ['rtsp://192.0.2.7/1?pwd=secret', 'password'],
    ['rtsp:///1', 'host'],
    ['rtsp://a b/1', 'white space'],
    ['rtsp://192.0.2.7/1\r\nTEARDOWN', 'control'],
    [`rtsp://192.0.2.7/${'a'.repeat(1_100)}`, 'characters'],
    ['rtsp://192.0.2.7/1#x', 'fragment'],
  ])('are not registered under %s', async (url, why) => {
    const { sources, recorderId } = await openSources();
    const set = sources.set({ recorderId, way: 'pull-rtsp', url }, ground);
    await expect(set).rejects.toMatchObject({
      code: 'LIVE_SOURCE_INVALID',
      message: expect.stringContaining(why),
    });
    expect(sources.list()).toEqual([]);
  });
});

describe('recorders that push', () => {
  test('by RTSP get a password that is shown once; what is kept checks Digest answers of both kinds', async () => {
    const { sources, recorderId, custodyText, open } = await openSources();
    const { source, shown } = await sources.set({ recorderId, way: 'push-rtsp' }, ground);
    expect(source.userName).toBe('CAM001');
    expect(shown).toMatch(/^[\w-]{24}$/u);
    const text = `CAM001:docket:${shown}`;
    expect(source.secret).toEqual({
      ha1: createHash('md5').update(text).digest('hex'),
      ha1Sha256: createHash('sha256').update(text).digest('hex'),
    });
    expect((await open()).findPusher('CAM001')).toEqual(source);
    expect(await custodyText()).not.toContain(String(shown));
    const again = await sources.set({ recorderId, way: 'push-rtsp' }, ground);
    expect([again.shown, again.source.secret]).toEqual([null, source.secret]);
    const renewed = await sources.set({ recorderId, way: 'push-rtsp', password: null }, ground);
    expect(renewed.shown).not.toBeNull();
    expect(renewed.source.secret).not.toEqual(source.secret);
  });

  test('by RTMP get a stream key of which only the hash stays', async () => {
    const { sources, recorderId, database } = await openSources();
    const { source, shown } = await sources.set({ recorderId, way: 'push-rtmp', userName: 'cam-7' }, ground);
    expect(source.secret).toBe(createHash('sha256').update(String(shown)).digest('hex'));
    expect(JSON.stringify(await database.read('SELECT * FROM live_source'))).not.toContain(String(shown));
  });

  test('under another name need another password: a hash of the old name is worth nothing', async () => {
    const { sources, recorderId } = await openSources();
    await sources.set({ recorderId, way: 'push-rtsp', password: 'given-by-hand' }, ground);
    const renamed = await sources.set({ recorderId, way: 'push-rtsp', userName: 'cam-9' }, ground);
    expect(renamed.shown).not.toBeNull();
  });

  test('have a name of their own, and are found only while they are enabled', async () => {
    const { sources, recorderId, addRecorder } = await openSources();
    await addRecorder('sn:B', 'B');
    await sources.set({ recorderId, way: 'push-rtsp', userName: 'cam' }, ground);
    const taken = sources.set({ recorderId: 'sn:B', way: 'push-rtmp', userName: 'cam' }, ground);
    await expect(taken).rejects.toMatchObject({ code: 'LIVE_USER_TAKEN' });
    await sources.set({ recorderId, way: 'push-rtsp', userName: 'cam', isEnabled: false }, ground);
    expect(sources.findPusher('cam')).toBeNull();
  });

  test.each(['', '-cam', 'cam/../x', 'cam 1', '记录仪', 'c'.repeat(65)])(
    'are not named “%s”',
    async (userName) => {
      const { sources, recorderId } = await openSources();
      await expect(sources.set({ recorderId, way: 'push-rtsp', userName }, ground)).rejects.toMatchObject({
        code: 'LIVE_SOURCE_INVALID',
      });
    },
  );
});

test('only registered recorders send, and only those that name themselves', async () => {
  const { sources, addRecorder } = await openSources();
  await addRecorder('slot:1-2', null);
  const set = (recorderId: string) => sources.set({ recorderId, way: 'push-rtsp' }, ground);
  await expect(set('sn:stranger')).rejects.toMatchObject({ code: 'RECORDER_UNKNOWN' });
  await expect(set('slot:1-2')).rejects.toMatchObject({ code: 'RECORDER_ANONYMOUS' });
});

test('a source that is removed is gone with its password, and whoever listens is told', async () => {
  const { sources, recorderId, secretsFile, database } = await openSources();
  const told: string[] = [];
  const stop = sources.onChange((changed) => void told.push(changed));
  await sources.set(
    { recorderId, way: 'pull-rtsp', url: 'rtsp://192.0.2.7/1', password: 'one-password' },
    ground,
  );
  await sources.remove(recorderId, ground);
  expect(sources.list()).toEqual([]);
  expect(JSON.parse(await readFile(secretsFile, 'utf8'))).toEqual({});
  await expect(sources.remove(recorderId, ground)).rejects.toMatchObject({ code: 'LIVE_SOURCE_UNKNOWN' });
  stop();
  expect(told).toEqual([recorderId, recorderId]);
  const acts = await database.read(
    "SELECT action, entry ->> '$.actor' AS actor, entry ->> '$.details.reason' AS reason FROM custody_entry WHERE action LIKE 'live-source%'",
  );
  expect(acts).toEqual([
    { action: 'live-source-set', actor: 'operator:李四', reason: ground.reason },
    { action: 'live-source-removed', actor: 'operator:李四', reason: ground.reason },
  ]);
});
