import { expectEqual } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

export const release: Scenario = {
  name: 'release',
  title: 'after receipts the card is opened for writing, emptied of what was archived, and closed again',
  run: async (lab) => {
    const card = await lab.fat32Card('freed', clips(3, mebibyte));
    await lab.docket.restartWith({ DOCKET_RELEASE_POLICY: 'after-receipt' });
    const stick = await lab.plugCard('freed', 1, card);
    await lab.docket.archived(card.footage);
    await lab.machine.until('test -z "$(find /run/docket/volumes/2-1 -type f)"');
    const released = await lab.docket.clips('&state=released');
    expectEqual('clips released', released.length, card.footage.length);
    await lab.machine.until('! test -e /run/docket/release/2-1');
    await lab.machine.until('findmnt -n -o OPTIONS /run/docket/volumes/2-1 | grep -q "^ro,"');
    await stick.yank();
    await lab.docket.empty('2-1');
    await lab.docket.verify();
  },
};
