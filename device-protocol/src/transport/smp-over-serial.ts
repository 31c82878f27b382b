import { createSmpDriver } from '../smp/index.ts';
import { openSerialLink } from './serial-link.ts';

/** The smp driver on real serial ports, with default times and zone. */
export const smpDriver = createSmpDriver({ openLink: openSerialLink });
