import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecorderError } from '@docket/device-protocol';
import { describe, expect, test } from 'vitest';
import { listCustody } from '../custody/custody-queries.ts';
import type { DockingStatus } from '../docking/run-docking.ts';
import { expectSoundStore } from '../testing/sound-store.ts';
import { TestDock } from '../testing/test-dock.ts';
import { toldDriver, toldRecorder } from '../testing/told-recorder.ts';
import { readRecorderHistory, readRegistered } from './register-queries.ts';

const ground = { operator: '李四', reason: 'shift' };
const officer = { officerNumber: 'A-0001', officerName: '张三', numberOnRecorder: '000001' };

async function custodyOf(dock: TestDock, recorderId: string) {
  const { entries } = await listCustody(dock.ingest.database, { recorderId, after: null, limit: 1000 });
  return entries.map((entry) => ({ ...JSON.parse(entry.entry), rootHash: undefined }));
}

describe('the register', () => {
  test('keeps the first words of a recorder and each change, with docking and instant', async () => {
    const dock = await TestDock.open();
    const told = toldRecorder('CAM001', { firmware: '1.0', officerNumber: '000001' });
    await dock.dock({ driver: toldDriver(told) });
    told.identity = { ...told.identity, firmware: '1.1', officerNumber: null };
    const second = await dock.dock({ driver: toldDriver(told), slot: '1-2' });
    const { changes } = await readRecorderHistory(dock.ingest.database, 'sn:CAM001');
    expect(changes.map(({ claim, before, after, slot }) => [claim, before, after, slot])).toEqual([
      ['officerNumber', '000001', null, '1-2'],
      ['firmware', '1.0', '1.1', '1-2'],
      ['officerNumber', null, '000001', '1-1'],
      ['firmware', null, '1.0', '1-1'],
      ['serialNumber', null, 'CAM001', '1-1'],
    ]);
    expect(changes[0]?.dockingId).toBe(second.last.dockingId);
    expect(await readRegistered(dock.ingest.database, 'sn:CAM001')).toMatchObject({
      firmware: '1.1',
      officerNumber: null,
      dockings: 2,
      slot: null,
    });
  });

  test('knows one recorder by its serial number, whichever driver reads it, and forgets nothing that one of them cannot tell', async () => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), 'content');
    const byMtp = toldRecorder('CAM001', { vendor: 'DEMO', firmware: '1.0', officerNumber: '000001' });
    const byVolume = toldRecorder('CAM001', { source: 'file-names' });
    await dock.dock({ driver: toldDriver(byMtp, 'mtp') });
    const { last } = await dock.dock({ driver: toldDriver(byVolume, 'volume') });
    expect(last.progress).toMatchObject({ clipsKnown: 1, clipsDone: 0 });
    expect(await readRegistered(dock.ingest.database, 'sn:CAM001')).toMatchObject({
      driver: 'volume',
      vendor: 'DEMO',
      firmware: '1.0',
      officerNumber: '000001',
      dockings: 2,
      clips: 1,
    });
    expect((await readRecorderHistory(dock.ingest.database, 'sn:CAM001')).changes).toHaveLength(4);
  });

  test('keeps battery and room of each docking; what a recorder cannot tell makes no line', async () => {
    const dock = await TestDock.open();
    const told = toldRecorder('CAM001');
    await dock.dock({ driver: toldDriver(told) });
    told.status = { batteryPercent: 80, capacityBytes: 64e9, freeBytes: 10e9 };
    await dock.dock({ driver: toldDriver(told) });
    told.status = { batteryPercent: 35, capacityBytes: null, freeBytes: null };
    await dock.dock({ driver: toldDriver(told) });
    const { readings } = await readRecorderHistory(dock.ingest.database, 'sn:CAM001');
    expect(readings.map(({ batteryPercent, capacityBytes }) => [batteryPercent, capacityBytes])).toEqual([
      [35, null],
      [80, 64e9],
    ]);
    expect(await readRegistered(dock.ingest.database, 'sn:CAM001')).toMatchObject({
      reading: { batteryPercent: 35 },
    });
  });

  test('takes a recorder whose battery cannot be read as it is, and goes on', async () => {
    const dock = await TestDock.open();
    await writeFile(join(dock.card, 'a.mp4'), 'content');
    const driver = toldDriver(toldRecorder('CAM001'));
    const { last } = await dock.dock({
      driver: {
        ...driver,
        open: async (attachment, signal) =>
          Object.assign(await driver.open(attachment, signal), {
            readStatus: () => Promise.reject(new RecorderError('PROTOCOL_VIOLATION', 'garbage')),
          }),
      },
    });
    expect(last).toMatchObject({ phase: 'safe' });
  });
});

describe('the ledger', () => {
  async function dockOnce() {
    const dock = await TestDock.open();
    const told = toldRecorder('CAM001', { officerNumber: '000001' });
    await dock.dock({ driver: toldDriver(told) });
    return { dock, told, ledger: dock.ingest.ledger };
  }

  test('tells who had a recorder from when to when, by whom and why, each act with its custody entry', async () => {
    const { dock, ledger } = await dockOnce();
    expect(await ledger.issue('sn:CAM001', officer, ground)).toMatchObject({ issuedTo: officer });
    expect(await ledger.takeBack('sn:CAM001', { ...ground, reason: 'back' })).toMatchObject({
      issuedTo: null,
    });
    await ledger.changeState('sn:CAM001', 'broken', { ...ground, reason: 'lens' });
    const { ledger: lines } = await readRecorderHistory(dock.ingest.database, 'sn:CAM001');
    expect(lines).toMatchObject([
      { sequence: 2, act: 'state-changed', state: 'broken', reason: 'lens', officerNumber: null },
      { sequence: 1, act: 'returned', ...officer, reason: 'back' },
      { sequence: 0, act: 'issued', ...officer, operator: '李四', reason: 'shift' },
    ]);
    const acts = (await custodyOf(dock, 'sn:CAM001')).filter(({ actor }) => actor === 'operator:李四');
    expect(acts).toMatchObject([
      { action: 'recorder-issued', details: { ledger: 0, reason: 'shift', officerNumber: 'A-0001' } },
      { action: 'recorder-returned', details: { ledger: 1, officerName: '张三' } },
      { action: 'recorder-state-changed', details: { ledger: 2, state: 'broken' } },
    ]);
    await expectSoundStore(dock);
  });

  test('refuses what cannot be, and then keeps nothing of it', async () => {
    const { dock, ledger } = await dockOnce();
    const before = dock.ingest.custody.size;
    await expect(ledger.takeBack('sn:CAM001', ground)).rejects.toMatchObject({ code: 'RECORDER_NOT_ISSUED' });
    await expect(ledger.issue('sn:NONE', officer, ground)).rejects.toMatchObject({
      code: 'RECORDER_UNKNOWN',
    });
    await ledger.issue('sn:CAM001', officer, ground);
    await expect(ledger.issue('sn:CAM001', officer, ground)).rejects.toMatchObject({
      code: 'RECORDER_ISSUED',
    });
    await ledger.takeBack('sn:CAM001', ground);
    await ledger.changeState('sn:CAM001', 'lost', ground);
    await expect(ledger.issue('sn:CAM001', officer, ground)).rejects.toMatchObject({
      code: 'RECORDER_OUT_OF_SERVICE',
    });
    expect(dock.ingest.custody.size).toBe(before + 3);
    expect((await readRecorderHistory(dock.ingest.database, 'sn:CAM001')).ledger).toHaveLength(3);
  });

  test('of two who issue at the same moment, one is refused', async () => {
    const { ledger } = await dockOnce();
    const both = await Promise.allSettled([
      ledger.issue('sn:CAM001', officer, ground),
      ledger.issue('sn:CAM001', { ...officer, officerNumber: 'B-0002' }, ground),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('has no lines about what stands in a slot without a name', async () => {
    const dock = await TestDock.open();
    await dock.dock({ driver: toldDriver(toldRecorder(null)) });
    await expect(dock.ingest.ledger.issue('slot:1-1', officer, ground)).rejects.toMatchObject({
      code: 'RECORDER_ANONYMOUS',
    });
  });

  test.each([
    ['UPDATE recorder_ledger SET officer_name = ?', ['王五']],
    ['DELETE FROM recorder_ledger WHERE sequence = ?', [0]],
    [
      "INSERT INTO recorder_ledger (sequence, recorder_id, at, operator, act, reason) VALUES (?, 'sn:CAM001', '', '', 'returned', '')",
      [7],
    ],
    ['UPDATE recorder_change SET value_after = ?', ['other']],
    ['DELETE FROM recorder_change WHERE sequence = ?', [0]],
  ])('cannot be written over: %s', async (sql, parameters) => {
    const { dock, ledger } = await dockOnce();
    await ledger.issue('sn:CAM001', officer, ground);
    const change = dock.ingest.database.write((transaction) => transaction.run(sql, parameters));
    await expect(change).rejects.toThrow('append-only');
  });

  test('and custody stand or fall together', async () => {
    const { dock, ledger } = await dockOnce();
    await dock.ingest.database.write((transaction) =>
      transaction.run(
        "CREATE TRIGGER no_custody BEFORE INSERT ON custody_entry BEGIN SELECT RAISE(ABORT, 'no custody'); END",
      ),
    );
    await expect(ledger.issue('sn:CAM001', officer, ground)).rejects.toThrow('no custody');
    await dock.ingest.database.write((transaction) => transaction.run('DROP TRIGGER no_custody'));
    expect((await readRecorderHistory(dock.ingest.database, 'sn:CAM001')).ledger).toEqual([]);
    await ledger.issue('sn:CAM001', officer, ground);
    await expectSoundStore(dock);
  });
});

describe('a docked recorder', () => {
  async function issued(officerNumber: string | null) {
    const dock = await TestDock.open();
    const told = toldRecorder('CAM001', { officerNumber: '000001' });
    await dock.dock({ driver: toldDriver(told) });
    await dock.ingest.ledger.issue('sn:CAM001', officer, ground);
    told.identity = { ...told.identity, officerNumber };
    return { dock, driver: toldDriver(told) };
  }

  test.each([
    ['of the officer it was issued to, by the number it has on recorders', '000001', []],
    ['of the officer it was issued to, by the officer number', 'A-0001', []],
    ['that names no officer', null, []],
    ['that names another officer', '000002', ['identity-conflict']],
  ])('%s', async (_name, officerNumber, concerns) => {
    const { dock, driver } = await issued(officerNumber);
    const { last } = await dock.dock({ driver });
    expect(last).toMatchObject({ phase: 'safe', concerns });
    const identified = (await custodyOf(dock, 'sn:CAM001')).filter(({ action }) => action === 'identified');
    expect(identified.at(-1)?.details.concerns ?? []).toEqual(concerns);
    expect(await readRegistered(dock.ingest.database, 'sn:CAM001')).toMatchObject({ concerns });
  });

  test('shows at once what the ledger says of it meanwhile', async () => {
    const { dock, driver } = await issued('000002');
    const acts: Promise<unknown>[] = [];
    const { statuses } = await dock.dock({
      driver,
      until: (status: DockingStatus) => {
        if (status.phase !== 'safe') return false;
        if (acts.length === 0) acts.push(dock.ingest.ledger.takeBack('sn:CAM001', ground));
        return status.concerns.length === 0;
      },
    });
    await Promise.all(acts);
    expect(statuses.find(({ phase }) => phase === 'safe')?.concerns).toEqual(['identity-conflict']);
    expect(statuses.at(-1)?.concerns).toEqual([]);
  });

  test('that was given up as lost is taken in like any other, and shown', async () => {
    const { dock, driver } = await issued('000001');
    await writeFile(join(dock.card, 'a.mp4'), 'content');
    await dock.ingest.ledger.changeState('sn:CAM001', 'lost', ground);
    const { last } = await dock.dock({ driver });
    expect(last).toMatchObject({ phase: 'safe', concerns: ['out-of-service'] });
    expect(await dock.clip('a.mp4')).toMatchObject({ state: 'sealed' });
  });
});
