import { expectEqual } from '../expect.ts';
import { type Card, clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

const ports = [1, 2, 3, 4, 5, 6, 7, 8];

export const eightAtOnce: Scenario = {
  name: 'eight-at-once',
  title: 'eight recorders docked at once are each taken whole, and each slot tells its own',
  run: async (lab) => {
    const cards = new Map<number, Card>();
    for (const port of ports) cards.set(port, await lab.fat32Card(`card-${port}`, clips(2, mebibyte), 48));
    const sticks = [];
    for (const [port, card] of cards) sticks.push(await lab.plugCard(`card-${port}`, port, card));
    for (const port of ports) await lab.docket.safe(`2-${port}`, 400_000);
    await lab.docket.archived([...cards.values()].flatMap(({ footage }) => footage));
    const taken = await lab.docket.clips();
    for (const [port, { footage }] of cards) {
      const found = taken.filter(({ slot }) => slot === `2-${port}`).map(({ sha256 }) => sha256);
      expectEqual(`slot ${port}`, found.sort(), footage.map(({ sha256 }) => sha256).sort());
    }
    for (const stick of sticks) await stick.yank();
    for (const port of ports) await lab.docket.empty(`2-${port}`);
    await lab.machine.until('test -z "$(ls /run/docket/volumes)"');
  },
};
