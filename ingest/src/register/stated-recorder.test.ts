import { describe, expect, test } from 'vitest';
import { listCustody } from '../custody/custody-queries.ts';
import { TestDock } from '../testing/test-dock.ts';
import { toldDriver, toldRecorder } from '../testing/told-recorder.ts';
import { listRegister, readRegistered } from './register-queries.ts';

const ground = { operator: '李四', reason: 'sends live, was never docked' };
const stated = { serialNumber: 'CAM001', vendor: null, model: 'X1' };

describe('a recorder that a person registers before it was ever docked', () => {
  test('stands in the register as stated, with its custody entry', async () => {
    const dock = await TestDock.open();
    const { database, ledger } = dock.ingest;
    const recorderId = await ledger.register(stated, ground);
    expect(await readRegistered(database, recorderId)).toMatchObject({
      serialNumber: 'CAM001',
      model: 'X1',
      identitySource: 'stated',
      dockings: 0,
      clips: 0,
    });
    const { entries } = await listCustody(database, { recorderId, after: null, limit: 10 });
    expect(entries.map(({ entry }) => JSON.parse(entry))).toMatchObject([
      { action: 'recorder-registered', actor: 'operator:李四', details: { reason: ground.reason } },
    ]);
  });

  test('is the same recorder when it is docked, and says of itself what a driver reads', async () => {
    const dock = await TestDock.open();
    const { database, ledger, liveSources } = dock.ingest;
    const recorderId = await ledger.register(stated, ground);
    await liveSources.set({ recorderId, way: 'push-rtsp' }, ground);
    await ledger.issue(
      recorderId,
      { officerNumber: 'A-0001', officerName: '张三', numberOnRecorder: null },
      ground,
    );
    await dock.dock({ driver: toldDriver(toldRecorder('CAM001', { firmware: '1.0' })) });
    const recorders = await listRegister(database);
    expect(recorders).toMatchObject([
      { recorderId, firmware: '1.0', dockings: 1, model: 'X1', issuedTo: { officerNumber: 'A-0001' } },
    ]);
    expect(recorders[0]?.identitySource).not.toBe('stated');
    expect(liveSources.findPusher('CAM001')).toMatchObject({ recorderId });
  });

  test('is not registered again, neither before nor after it was docked', async () => {
    const dock = await TestDock.open();
    const { ledger } = dock.ingest;
    const taken = { code: 'SERIAL_NUMBER_TAKEN' };
    await ledger.register(stated, ground);
    await expect(ledger.register(stated, ground)).rejects.toMatchObject(taken);
    await dock.dock({ driver: toldDriver(toldRecorder('CAM002', {})) });
    await expect(ledger.register({ ...stated, serialNumber: 'CAM002' }, ground)).rejects.toMatchObject(taken);
  });
});
