import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CustodyLog } from '../custody/custody-log.ts';
import { IndexDatabase } from '../index-store/index-database.ts';
import {
  activityRecord,
  caseRecord,
  exampleActivity,
  exampleCase,
  officerRecord,
  unitRecord,
} from '../testing/example-facts.ts';
import { CaseBook, type Delivery } from './case-book.ts';
import { readActivities, readCase, readFactsHistory } from './case-queries.ts';
import type { CaseFacts } from './case-record.ts';

let folder: string;
let database: IndexDatabase;
let book: CaseBook;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-book-'));
  database = await IndexDatabase.open(join(folder, 'index.sqlite'));
  book = new CaseBook(database, await CustodyLog.open(database, 'gateway:test'));
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

const named = (name: string, revision: string | null = null): Delivery => ({
  record: caseRecord({ name }),
  revision,
});
const withdrawal = (revision: string | null): Delivery => ({
  record: { kind: 'case', entityId: exampleCase.caseId, facts: null, isWithdrawn: true },
  revision,
});
const receive = (...deliveries: Delivery[]) => book.receive('oa', deliveries, 'test');
const standingName = async () => (await readCase(database, exampleCase.caseId))?.facts.name;
const historyLength = async () => (await readFactsHistory(database, 'case', exampleCase.caseId)).length;

describe('what stands', () => {
  test('a first word creates, the same again changes nothing, another changes', async () => {
    expect(await receive(named('甲'))).toEqual(['created']);
    expect(await receive(named('甲'))).toEqual(['unchanged']);
    expect(await receive(named('乙'))).toEqual(['changed']);
    expect([await standingName(), await historyLength()]).toEqual(['乙', 2]);
  });

  test('an older revision is kept in the history only, and once', async () => {
    await receive(named('十', '10'));
    expect(await receive(named('九', '9'))).toEqual(['stale']);
    expect(await receive(named('九', '9'))).toEqual(['stale']);
    expect([await standingName(), await historyLength()]).toEqual(['十', 2]);
  });

  test('a newer revision with the same facts still outdates what lies between', async () => {
    await receive(named('甲', '1'));
    expect(await receive(named('甲', '3'))).toEqual(['unchanged']);
    expect(await receive(named('乙', '2'))).toEqual(['stale']);
    expect(await standingName()).toBe('甲');
  });

  test('a word without a revision counts as what stood when it came', async () => {
    await receive(named('五', '5'), named('无'));
    expect(await standingName()).toBe('无');
    expect(await receive(named('四', '4'))).toEqual(['stale']);
    expect(await receive(named('六', '6'))).toEqual(['changed']);
  });

  test('of one revision with two contents the last to come stands, and it is told', async () => {
    await receive(named('甲', '1'));
    expect(await book.deliver('oa', [named('乙', '1')], 'test')).toEqual([
      { outcome: 'changed', isRevisionReused: true, isUnknownWithdrawn: false },
    ]);
    expect(await receive(named('甲', '1'))).toEqual(['stale']);
    expect(await standingName()).toBe('乙');
  });

  test('what is taken back keeps its last facts, whenever they come', async () => {
    await receive(withdrawal('3'));
    expect(await readCase(database, exampleCase.caseId)).toBeNull();
    expect(await receive(named('甲', '1'))).toEqual(['stale']);
    expect(await readCase(database, exampleCase.caseId)).toMatchObject({
      isWithdrawn: true,
      facts: { name: '甲' },
    });
    expect(await receive(named('乙', '4'))).toEqual(['changed']);
    expect(await readCase(database, exampleCase.caseId)).toMatchObject({ isWithdrawn: false });
  });

  const words = fc
    .uniqueArray(fc.nat({ max: 400 }), { minLength: 1, maxLength: 7 })
    .chain((revisions) =>
      fc.tuple(
        ...revisions.map((revision) =>
          fc.option(fc.constantFrom('甲', '乙', '丙')).map((name) => ({ name, revision: String(revision) })),
        ),
      ),
    );

  test('any order of deliveries with revisions ends in the same state; the history has every word', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        words.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.nat({ max: 6 })),
        ),
        async ([all, shuffled, cut]) => {
          run += 1;
          const asDelivery =
            (caseId: string) =>
            ({ name, revision }: (typeof all)[number]): Delivery => ({
              record:
                name === null
                  ? { kind: 'case', entityId: caseId, facts: null, isWithdrawn: true }
                  : caseRecord({ caseId, name }),
              revision,
            });
          const [one, other] = [`oa/${run}-a`, `oa/${run}-b`];
          await receive(
            ...all.toSorted((a, b) => Number(a.revision) - Number(b.revision)).map(asDelivery(one)),
          );
          await receive(...shuffled.slice(0, cut).map(asDelivery(other)));
          await receive(...shuffled.slice(cut).map(asDelivery(other)));
          const before = await state(other);
          expect(before).toEqual(await state(one));
          expect(
            new Set((await readFactsHistory(database, 'case', other)).map(({ revision }) => revision)),
          ).toEqual(new Set(all.map(({ revision }) => revision)));
          const outcomes = await receive(...shuffled.map(asDelivery(other)));
          expect(outcomes.every((outcome) => outcome === 'unchanged' || outcome === 'stale')).toBe(true);
          expect(await readFactsHistory(database, 'case', other)).toHaveLength(all.length);
          expect(await state(other)).toEqual(before);
        },
      ),
      { numRuns: 60 },
    );
  });

  async function state(caseId: string): Promise<Partial<CaseFacts> | null> {
    const known = await readCase(database, caseId);
    return known === null
      ? null
      : { ...known.facts, caseId: '', ...{ isWithdrawn: known.isWithdrawn, revision: known.revision } };
  }
});

test('a rehearsal tells what would come of it, and keeps nothing', async () => {
  await receive(named('甲', '1'));
  const before = await everything();
  const told = await book.rehearse([named('甲', '1'), named('乙', '2'), named('丙', '0')]);
  expect(told.map(({ outcome }) => outcome)).toEqual(['unchanged', 'changed', 'stale']);
  expect(await everything()).toEqual(before);
  expect(await receive(named('丁', '2'))).toEqual(['changed']);
});

async function everything() {
  const tables = ['received_facts', 'enforcement_case', 'reckoning_due', 'custody_entry'];
  return Promise.all(tables.map((table) => database.read(`SELECT * FROM ${table}`)));
}

test('the custody log ties in every word, and says nothing where nothing was said', async () => {
  await receive(named('甲', '1'), named('乙', '2'));
  await receive(named('乙', '2'));
  const rows = await database.read("SELECT entry FROM custody_entry WHERE action = 'facts-received'");
  expect(rows.map(({ entry }) => JSON.parse(String(entry)))).toMatchObject([
    { actor: 'test', details: { sender: 'oa', firstSequence: 0, words: 2, sha256: expect.any(String) } },
  ]);
  await expect(
    database.write((transaction) => transaction.run('UPDATE received_facts SET facts = NULL')),
  ).rejects.toThrow('append-only');
});

describe('what is marked to be reckoned anew', () => {
  const due = async () => {
    const rows = await database.read('SELECT kind, id FROM reckoning_due ORDER BY kind, id');
    return rows.map(({ kind, id }) => `${kind} ${id}`);
  };
  const forget = () => database.write((transaction) => transaction.run('DELETE FROM reckoning_due'));
  /** A clip of an officer, as the mapping left it. */
  const addClip = (
    clipId: string,
    {
      officerId,
      at,
      linkedTo,
      number,
      to = at,
    }: { officerId?: string; at?: string; to?: string; linkedTo?: string; number?: string },
  ) =>
    database.write(async (transaction) => {
      await transaction.run(
        `INSERT OR IGNORE INTO recorder (recorder_id, serial_number, driver, identity_source, first_seen_at, last_seen_at)
         VALUES ('sn:A', 'A', 'volume', 'device', '', '')`,
      );
      await transaction.run(
        `INSERT OR IGNORE INTO docking (docking_id, recorder_id, slot, driver, attached_at, state, clock)
         VALUES ('d1', 'sn:A', '1-1', 'volume', '', 'safe', '{}')`,
      );
      await transaction.run(
        `INSERT INTO clip (clip_id, recorder_id, docking_id, path_bytes, name, path, name_encoding, kind, size_bytes, marked, state, listed_at, officer_number)
         VALUES (?, 'sn:A', 'd1', ?, 'a', 'a', 'utf-8', 'video', 1, 0, 'sealed', '', ?)`,
        [clipId, Buffer.from(clipId), number ?? null],
      );
      await transaction.run(
        `INSERT INTO clip_mapping (clip_id, state, officer_id, recorded_from_ms, recorded_to_ms, reasons, suggestions, decided_at)
         VALUES (?, ?, ?, ?, ?, '[]', '[]', '')`,
        [
          clipId,
          linkedTo === undefined ? 'queued' : 'linked',
          officerId ?? null,
          at === undefined ? null : Date.parse(at),
          to === undefined ? null : Date.parse(to) + 60_000,
        ],
      );
      if (linkedTo === undefined) return;
      const [row] = await transaction.all('SELECT count(*) AS next FROM clip_link_entry');
      const sequence = Number(row?.next);
      await transaction.run(
        `INSERT INTO clip_link_entry (sequence, clip_id, act, case_id, activity_id, step, source, confidence, actor, reason, evidence, at)
         VALUES (?, ?, 'linked', 'oa/case-1', ?, 'investigation', 'interval', 'strong', 'x', 'x', '{}', '')`,
        [sequence, clipId, linkedTo],
      );
      await transaction.run(
        `INSERT INTO clip_link (sequence, clip_id, case_id, activity_id, step, source)
         VALUES (?, ?, 'oa/case-1', ?, 'investigation', 'interval')`,
        [sequence, clipId, linkedTo],
      );
    });
  const receiveRecords = (...records: Delivery['record'][]) =>
    receive(...records.map((record) => ({ record, revision: null })));

  beforeEach(async () => {
    await receiveRecords(unitRecord(), officerRecord(), caseRecord(), activityRecord());
    await forget();
  });

  test('nothing, where the same is said again', async () => {
    await receiveRecords(unitRecord(), officerRecord(), caseRecord(), activityRecord());
    expect(await due()).toEqual([]);
  });

  test('an activity that is moved in time: clips about its old time and about its new one, and no others', async () => {
    await addClip('old', { officerId: 'oa/officer-1', at: '2026-03-02T01:10:00Z' });
    await addClip('new', { officerId: 'oa/officer-1', at: '2026-05-02T01:10:00Z' });
    await addClip('other-time', { officerId: 'oa/officer-1', at: '2026-04-02T01:10:00Z' });
    await addClip('other-officer', {
      officerId: 'oa/officer-2',
      at: '2026-03-02T01:10:00Z',
      linkedTo: 'oa/x',
    });
    await addClip('nobody', { at: '2026-05-02T01:10:00Z' });
    await addClip('wide', { at: '2026-03-25T01:10:00Z', to: '2026-05-02T00:30:00Z' });
    await receiveRecords(
      activityRecord({ startedAt: '2026-05-02T01:00:00.000Z', endedAt: '2026-05-02T02:00:00.000Z' }),
    );
    expect(await due()).toEqual([
      'activity oa/activity-1',
      'case oa/case-1',
      'clip new',
      'clip nobody',
      'clip old',
      'clip wide',
    ]);
  });

  test('an activity that goes to another case and other officers: both cases, clips of both officers', async () => {
    await addClip('one', { officerId: 'oa/officer-1', at: '2026-03-02T01:10:00Z' });
    await addClip('two', { officerId: 'oa/officer-2', at: '2026-03-02T01:10:00Z' });
    await addClip('linked', { linkedTo: 'oa/activity-1' });
    await receiveRecords(activityRecord({ caseId: 'oa/case-2', officerIds: ['oa/officer-2'] }));
    expect(await due()).toEqual([
      'activity oa/activity-1',
      'case oa/case-1',
      'case oa/case-2',
      'clip linked',
      'clip one',
      'clip two',
    ]);
  });

  test('an activity that is withdrawn: the clips that were its own', async () => {
    await addClip('own', {
      officerId: 'oa/officer-1',
      at: '2026-03-02T01:10:00Z',
      linkedTo: 'oa/activity-1',
    });
    await receiveRecords({ ...activityRecord(), isWithdrawn: true });
    expect(await due()).toEqual(['activity oa/activity-1', 'case oa/case-1', 'clip own']);
    expect(await database.read('SELECT * FROM activity_officer')).toEqual([]);
    expect(await readActivities(database, exampleCase.caseId)).toEqual([]);
  });

  test('an activity without times: what is linked to it, not all its officers ever recorded', async () => {
    await addClip('far', { officerId: 'oa/officer-1', at: '2025-01-01T00:00:00Z' });
    await addClip('linked', { linkedTo: 'oa/activity-1' });
    const timeless = { startedAt: null, endedAt: null };
    await receiveRecords(activityRecord(timeless));
    expect(await due()).toContain('clip linked');
    expect(await due()).not.toContain('clip far');
  });

  test('a case that changes: its activities and the clips linked to it', async () => {
    await addClip('linked', { linkedTo: 'oa/activity-1' });
    await addClip('about', { officerId: 'oa/officer-1', at: '2026-03-02T03:10:00Z' });
    await receiveRecords(caseRecord({ riskTriggers: ['life-health'] }));
    expect(await due()).toEqual(['activity oa/activity-1', 'case oa/case-1', 'clip linked']);
    await receiveRecords({ ...caseRecord(), isWithdrawn: true });
    expect(await due()).toContain('clip about');
  });

  test('an officer whose certificate changes its days: the activities; whose number changes: the clips that name it', async () => {
    await addClip('worn', { officerId: 'oa/officer-1', at: '2026-03-02T01:10:00Z' });
    await addClip('named', { number: '000999' });
    await receiveRecords(officerRecord({ validUntil: '2026-12-31' }));
    expect(await due()).toEqual(['activity oa/activity-1']);
    await forget();
    await receiveRecords(officerRecord({ officerNumber: '000999' }));
    expect(await due()).toEqual(['activity oa/activity-1', 'clip named', 'clip worn']);
  });

  test('an officer that comes late: clips of the recorder that was issued under that number', async () => {
    await addClip('issued', { at: '2026-03-02T01:10:00Z' });
    await database.write((transaction) =>
      transaction.run(
        `INSERT INTO recorder_ledger (sequence, recorder_id, at, operator, act, officer_number, officer_name, reason)
         VALUES (0, 'sn:A', '', 'x', 'issued', 'DEMO-002', '李四', 'x')`,
      ),
    );
    await receiveRecords(
      officerRecord({ officerId: 'oa/officer-2', officerNumber: null, certificateNumber: 'DEMO-002' }),
    );
    expect(await due()).toEqual(['clip issued']);
  });

  test('a case that comes late: clips in the queue whose code names it', async () => {
    await addClip('coded', {});
    await database.write((transaction) =>
      transaction.run(
        "INSERT INTO clip_code (clip_id, at_ms, text, named_kind, named_id, read_at) VALUES ('coded', 0, 'x', 'case', 'oa/case-9', '')",
      ),
    );
    await receiveRecords(caseRecord({ caseId: 'oa/case-9' }));
    expect(await due()).toEqual(['case oa/case-9', 'clip coded']);
  });

  test('a unit that changes: its cases', async () => {
    await receiveRecords(unitRecord({ departmentId: 'other-bureau' }));
    expect(await due()).toEqual(['case oa/case-1']);
  });
});

test('facts that come again after the deliveries of a thousand others are still the same', async () => {
  const many = Array.from({ length: 1_100 }, (_, index) => ({
    record: activityRecord({ activityId: `oa/a${index}` }),
    revision: '1',
  }));
  expect(new Set(await receive(...many))).toEqual(new Set(['created']));
  expect(new Set(await receive(...many))).toEqual(new Set(['unchanged']));
  const activities = await readActivities(database, exampleActivity.caseId);
  expect(activities).toHaveLength(1_100);
  expect(activities[0]?.facts).toEqual({ ...exampleActivity, activityId: 'oa/a0' });
});
