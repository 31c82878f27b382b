import type { Scenario } from '../scenario.ts';
import { badSector } from './bad-sector.ts';
import { clockJump } from './clock-jump.ts';
import { deadMedium } from './dead-medium.ts';
import { diskFull } from './disk-full.ts';
import { eightAtOnce } from './eight-at-once.ts';
import { exfatStick } from './exfat-stick.ts';
import { fat32Stick } from './fat32-stick.ts';
import { hangingMedium } from './hanging-medium.ts';
import { release } from './release.ts';
import { releasePowerCut } from './release-power-cut.ts';
import { slowMediumScenario } from './slow-medium.ts';
import { watchdog } from './watchdog.ts';
import { yankAndReplug } from './yank-and-replug.ts';

/** Every scenario, those that tell most first: when the time is short, the last are left out. */
export const scenarios: readonly Scenario[] = [
  fat32Stick,
  yankAndReplug,
  eightAtOnce,
  exfatStick,
  release,
  releasePowerCut,
  deadMedium,
  badSector,
  watchdog,
  diskFull,
  hangingMedium,
  clockJump,
  slowMediumScenario,
];
