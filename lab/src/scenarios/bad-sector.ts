import { readFile } from 'node:fs/promises';
import { scratchedMedium } from '../devices/medium.ts';
import { plugStorage } from '../devices/usb.ts';
import { expectEqual } from '../expect.ts';
import { clips, mebibyte } from '../lab.ts';
import type { Scenario } from '../scenario.ts';

const sectorBytes = 512;

export const badSector: Scenario = {
  name: 'bad-sector',
  title: 'one sector that cannot be read costs one clip; it is named, and its neighbours are taken whole',
  run: async (lab) => {
    const card = await lab.fat32Card('scratched', clips(3, 3 * mebibyte));
    const [first, second, third] = card.footage;
    if (first === undefined || second === undefined || third === undefined) throw new Error('no footage');
    const clip = await readFile(lab.file(`scratched/${second.path}`));
    const inMiddle = clip.subarray(2 * mebibyte, 2 * mebibyte + sectorBytes);
    const sector = Math.floor((await readFile(card.image)).indexOf(inMiddle) / sectorBytes);
    const medium = await scratchedMedium(lab.machine, 'scratched', card.image, sector);
    await plugStorage(lab.machine, { port: 4, serial: 'LAB-SCRATCHED' }, medium);
    const slot = await lab.docket.slotThat('2-4', ({ state }) => state === 'attention', 400_000);
    expectEqual('issue', slot.issue?.code, 'clips-quarantined');
    await lab.docket.archived([first, third]);
    const [bad] = (await lab.docket.clips()).filter(({ quarantine }) => quarantine !== null);
    expectEqual('the clip named', [bad?.path, bad?.quarantine?.reason], [second.path, 'read-error']);
  },
};
