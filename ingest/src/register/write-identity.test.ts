import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type IdentityToWrite, RecorderError } from '@docket/device-protocol';
import { expect, test } from 'vitest';
import { listCustody } from '../custody/custody-queries.ts';
import { expectSoundStore } from '../testing/sound-store.ts';
import { TestDock } from '../testing/test-dock.ts';
import { type ToldRecorder, takeIdentity, toldDriver, toldRecorder } from '../testing/told-recorder.ts';
import { readRecorderHistory, readRegistered } from './register-queries.ts';

const ground = { operator: '李四', reason: 'new officer' };

function identity(change: Partial<IdentityToWrite>): IdentityToWrite {
  return {
    serialNumber: null,
    officerNumber: null,
    officerName: null,
    unitCode: null,
    unitName: null,
    ...change,
  };
}

/** Docks a recorder, asks for the write as soon as it is safe, and pulls it out when that has been answered. */
async function dockAndWrite(dock: TestDock, told: ToldRecorder, wanted: IdentityToWrite) {
  const out = new AbortController();
  let asked: Promise<unknown> | null = null;
  const { statuses, last } = await dock.dock({
    driver: toldDriver(told),
    out: out.signal,
    until: ({ phase }) => {
      if (phase !== 'safe' || asked !== null) return false;
      // The slot opens for acts a moment after it is safe.
      asked = untilIdle(dock)
        .then(() => dock.ingest.writeIdentity('1-1', wanted, ground))
        .catch((error: unknown) => error)
        // What is shown after the act is shown before the recorder goes.
        .finally(() => setImmediate(() => out.abort()));
      return false;
    },
  });
  return { answer: await asked, last, statuses };
}

async function untilIdle(dock: TestDock): Promise<void> {
  while (!dock.ingest.acts.isIdle('1-1')) await new Promise((resolve) => setImmediate(resolve));
}

async function actions(dock: TestDock) {
  const { entries } = await listCustody(dock.ingest.database, { after: null, limit: 1000 });
  return entries.map((entry) => JSON.parse(entry.entry));
}

test('an identity is written to the idle recorder, read back, and kept with before and after', async () => {
  const dock = await TestDock.open();
  await writeFile(join(dock.card, 'a.mp4'), 'content');
  const told = { ...toldRecorder('CAM001', { officerNumber: '000001' }), write: takeIdentity };
  const { answer, statuses } = await dockAndWrite(dock, told, identity({ officerNumber: '000002' }));
  expect(answer).toMatchObject({ before: { officerNumber: '000001' }, after: { officerNumber: '000002' } });
  const during = statuses.find(({ phase }) => phase === 'configuring');
  expect(during).toMatchObject({ safeToUndock: false });
  expect(statuses.at(-1)).toMatchObject({ safeToUndock: true, recorder: { officerNumber: '000002' } });
  const written = (await actions(dock)).filter(({ action }) => action.startsWith('identity-'));
  expect(written).toMatchObject([
    {
      action: 'identity-writing',
      actor: 'operator:李四',
      recorderId: 'sn:CAM001',
      details: {
        reason: 'new officer',
        before: { officerNumber: '000001' },
        wanted: { officerNumber: '000002' },
      },
    },
    { action: 'identity-written', details: { after: { officerNumber: '000002' } } },
  ]);
  const { changes } = await readRecorderHistory(dock.ingest.database, 'sn:CAM001');
  expect(changes[0]).toMatchObject({ claim: 'officerNumber', before: '000001', after: '000002' });
  await expectSoundStore(dock);
});

test('a recorder that is given another serial number stays the same recorder, and its clips stay known', async () => {
  const dock = await TestDock.open();
  await writeFile(join(dock.card, 'a.mp4'), 'content');
  const told = { ...toldRecorder('CAM001'), write: takeIdentity };
  await dockAndWrite(dock, told, identity({ serialNumber: 'CAM777' }));
  const { last } = await dock.dock({ driver: toldDriver(told) });
  expect(last.progress).toMatchObject({ clipsKnown: 1, clipsDone: 0 });
  expect(last.recorder).toMatchObject({ recorderId: 'sn:CAM001', serialNumber: 'CAM777' });
  expect(await readRegistered(dock.ingest.database, 'sn:CAM001')).toMatchObject({ serialNumber: 'CAM777' });
  const { last: other } = await dock.dock({ driver: toldDriver(toldRecorder('CAM001')), slot: '1-2' });
  expect(other.recorder?.recorderId).not.toBe('sn:CAM001');
});

test('a serial number that another recorder has is not given twice', async () => {
  const dock = await TestDock.open();
  await dock.dock({ driver: toldDriver(toldRecorder('CAM002')) });
  const told = { ...toldRecorder('CAM001'), write: takeIdentity };
  const { answer } = await dockAndWrite(dock, told, identity({ serialNumber: 'CAM002' }));
  expect(answer).toMatchObject({ code: 'SERIAL_NUMBER_TAKEN' });
  expect(told.identity.serialNumber).toBe('CAM001');
});

test('a nameless recorder is named only while none of its clips are kept under its slot', async () => {
  const dock = await TestDock.open();
  await writeFile(join(dock.card, 'a.mp4'), 'content');
  const told = { ...toldRecorder(null), write: takeIdentity };
  const { answer } = await dockAndWrite(dock, told, identity({ serialNumber: 'CAM001' }));
  expect(answer).toMatchObject({ code: 'RECORDER_ANONYMOUS' });
  const empty = await TestDock.open();
  const named = await dockAndWrite(
    empty,
    { ...told, write: takeIdentity },
    identity({ serialNumber: 'CAM001' }),
  );
  expect(named.answer).toMatchObject({ before: { serialNumber: null }, after: { serialNumber: 'CAM001' } });
});

test('a recorder that cannot take an identity says so; nothing is written', async () => {
  const dock = await TestDock.open();
  const { answer, last } = await dockAndWrite(dock, toldRecorder('CAM001'), identity({ officerNumber: '1' }));
  expect(answer).toMatchObject({ code: 'NOT_SUPPORTED' });
  expect(last).toMatchObject({ phase: 'safe', safeToUndock: true });
  expect((await actions(dock)).some(({ action }) => action === 'identity-writing')).toBe(false);
});

test('a refused write leaves the docking as it was, and the log says that it was begun', async () => {
  const dock = await TestDock.open();
  const told: ToldRecorder = {
    ...toldRecorder('CAM001'),
    write: () => {
      throw new RecorderError('IDENTITY_REFUSED', 'officer number is longer than 6');
    },
  };
  const { answer, last } = await dockAndWrite(dock, told, identity({ officerNumber: '1234567' }));
  expect(answer).toMatchObject({ code: 'IDENTITY_REFUSED' });
  expect(last).toMatchObject({ phase: 'safe', safeToUndock: true });
  const written = (await actions(dock)).map(({ action }) => action);
  expect(written).toContain('identity-writing');
  expect(written).not.toContain('identity-written');
});

test('without an idle recorder in the slot nothing is asked of anybody', async () => {
  const dock = await TestDock.open();
  await expect(dock.ingest.writeIdentity('1-1', identity({}), ground)).rejects.toMatchObject({
    code: 'SLOT_NOT_IDLE',
  });
});

test('a recorder that is pulled out during the write ends the docking and the asking', async () => {
  const dock = await TestDock.open();
  const told: ToldRecorder = {
    ...toldRecorder('CAM001'),
    write: () => {
      throw new RecorderError('RECORDER_GONE', 'pulled out');
    },
  };
  let asked: Promise<unknown> = Promise.resolve();
  const { issue } = await dock.dock({
    driver: toldDriver(told),
    until: (status) => {
      if (status.phase === 'safe') {
        asked = untilIdle(dock).then(() =>
          dock.ingest.writeIdentity('1-1', identity({ officerNumber: '1' }), ground),
        );
        asked.catch(() => {});
      }
      return false;
    },
  });
  expect(issue).toMatchObject({ code: 'recorder-gone' });
  await expect(asked).rejects.toMatchObject({ code: 'RECORDER_GONE' });
  expect(dock.ingest.acts.isIdle('1-1')).toBe(false);
});
