import type { RollOutView } from '../contract/index.ts';
import { type FirmwareSettings, readRollOut } from './roll-out.ts';
import type { RollOutIndex } from './roll-out-index.ts';
import { UnusableImage } from './signed-image.ts';

export type { RollOutView } from '../contract/index.ts';

/** Every configured roll-out as it now stands. */
export function readRollOutViews(settings: FirmwareSettings, index: RollOutIndex): Promise<RollOutView[]> {
  return Promise.all(
    settings.rollOuts.map(async (entry): Promise<RollOutView> => {
      const { model, version, limit, minimumBatteryPercent, enabled } = entry;
      const told = { model, version, limit, minimumBatteryPercent, enabled };
      try {
        const { signed } = await readRollOut(settings, entry);
        return {
          ...told,
          imageHash: signed.hash,
          sizeBytes: signed.file.length,
          signedBy: signed.signedBy,
          problem: null,
          stopped: await index.stopped(signed.hash),
          recorders: (await index.updates(signed.hash)).map(({ imageHash: _imageHash, ...update }) => update),
        };
      } catch (error) {
        if (!(error instanceof UnusableImage)) throw error;
        const nothing = { imageHash: null, sizeBytes: null, signedBy: null, stopped: null, recorders: [] };
        return { ...told, ...nothing, problem: error.message };
      }
    }),
  );
}
