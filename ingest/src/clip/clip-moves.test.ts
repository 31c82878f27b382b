import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listCustody } from '../custody/custody-queries.ts';
import { isIngestError } from '../errors.ts';
import { openIndexWithDocking } from '../testing/index-rows.ts';
import { moveClip } from './clip-moves.ts';
import { type ClipState, isStored, legalMoves } from './clip-states.ts';

/** All but `deleted`: its moves have guards in the index itself, and tests of their own (`retention/`). */
const states = (Object.keys(legalMoves) as ClipState[]).filter((state) => state !== 'deleted');

/** The way of a clip as `design.md` draws it, written out again so that a slip in the table cannot hide. */
const expectedMoves = [
  'listed pulled',
  'listed unreadable',
  'listed lost',
  'pulled verified',
  'pulled listed',
  'verified sealed',
  'recording pulled',
  'recording lost',
  'verified listed',
  'sealed forwarded',
  'forwarded receipted',
  'forwarded sealed',
  'receipted released',
  'unreadable listed',
  'unreadable lost',
  'lost listed',
];

const isExpected = (from: ClipState, to: ClipState) => expectedMoves.includes(`${from} ${to}`);

describe('the moves of a clip', () => {
  test('every legal move is made with one custody entry, every other is refused and changes nothing', async () => {
    const { database, custody, addClip, forceState } = await openIndexWithDocking();
    const clipId = await addClip();
    for (const from of states) {
      for (const to of states) {
        await forceState(clipId, from);
        const sizeBefore = custody.size;
        const move = database.write((transaction) =>
          moveClip(transaction, custody, { clipId, to, columns: { sha256: `${from} ${to}` } }),
        );
        if (isExpected(from, to)) {
          await move;
        } else {
          await expect(move).rejects.toSatisfy((error) => isIngestError(error, 'ILLEGAL_MOVE'));
        }
        const [row] = await database.read('SELECT state, sha256 FROM clip WHERE clip_id = ?', [clipId]);
        expect(row?.state).toBe(isExpected(from, to) ? to : from);
        expect(row?.sha256 === `${from} ${to}`).toBe(isExpected(from, to));
        expect(custody.size - sizeBefore).toBe(isExpected(from, to) ? 1 : 0);
      }
    }
  });

  test('the custody entry of a move names where the clip came from and why', async () => {
    const { database, custody, context, addClip } = await openIndexWithDocking();
    const clipId = await addClip();
    await database.write((transaction) =>
      moveClip(transaction, custody, {
        clipId,
        to: 'unreadable',
        dockingId: context.dockingId,
        quarantine: { reason: 'read-error', detail: 'byte 7' },
        details: { tries: 3 },
      }),
    );
    const { entries } = await listCustody(database, { clipId, after: null, limit: 10 });
    expect(entries.map((entry) => entry.action)).toEqual(['listed', 'unreadable']);
    expect(JSON.parse(entries[1]?.entry ?? '')).toMatchObject({
      dockingId: context.dockingId,
      details: { from: 'listed', tries: 3, quarantine: { reason: 'read-error', detail: 'byte 7' } },
    });
  });

  test('a clip nobody registered cannot move', async () => {
    const { database, custody } = await openIndexWithDocking();
    const move = database.write((transaction) =>
      moveClip(transaction, custody, { clipId: 'nobody', to: 'listed' }),
    );
    await expect(move).rejects.toSatisfy((error) => isIngestError(error, 'ILLEGAL_MOVE'));
  });

  test('whatever is asked, the state follows the table and the log tells exactly the moves that were made', async () => {
    const { database, custody, addClip } = await openIndexWithDocking();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...states), { maxLength: 25 }), async (asked) => {
        const clipId = await addClip({ name: `${custody.size}.mp4` });
        let state: ClipState = 'listed';
        const made: ClipState[] = [];
        for (const to of asked) {
          const moved = await database
            .write((transaction) => moveClip(transaction, custody, { clipId, to }))
            .then(() => true)
            .catch((error: unknown) => {
              if (isIngestError(error, 'ILLEGAL_MOVE')) return false;
              throw error;
            });
          expect(moved).toBe(isExpected(state, to));
          if (moved) {
            state = to;
            made.push(to);
          }
        }
        const [row] = await database.read('SELECT state FROM clip WHERE clip_id = ?', [clipId]);
        expect(row?.state).toBe(state);
        const { entries } = await listCustody(database, { clipId, after: null, limit: 100 });
        const told = entries.slice(1).map((entry) => (entry.action === 'returned' ? 'listed' : entry.action));
        expect(told).toEqual(made);
      }),
      { numRuns: 40 },
    );
  });

  test('deleted is only what an archive has signed for, and it stays so', () => {
    const before = (Object.keys(legalMoves) as ClipState[]).filter((from) =>
      (legalMoves[from] as readonly ClipState[]).includes('deleted'),
    );
    expect(before).toEqual(['receipted', 'released']);
    expect(legalMoves.deleted).toEqual([]);
  });

  test('stored are exactly the states that can only be reached through sealed', () => {
    const reachable = (blocked: ClipState) => {
      const seen = new Set<ClipState>(['listed', 'recording']);
      for (const from of seen) {
        for (const to of legalMoves[from]) if (to !== blocked) seen.add(to);
      }
      return seen;
    };
    const withoutSealing = reachable('sealed');
    for (const state of states) expect(isStored(state)).toBe(!withoutSealing.has(state));
  });
});
