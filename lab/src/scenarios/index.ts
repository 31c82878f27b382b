import type { Scenario } from '../scenario.ts';
import { fat32Stick } from './fat32-stick.ts';

/** Every scenario, those that tell most first: when the time is short, the last are left out. */
export const scenarios: readonly Scenario[] = [fat32Stick];
