import type { FleetClass } from './simulated-fleet.ts';

const hourMs = 3_600_000;

/** What a dock meets, from what is good to what is not. */
export const fleetClasses: readonly FleetClass[] = [
  { name: 'read and set at each docking', clock: () => ({}), readShare: 1, isSet: true },
  { name: 'read, never set', clock: () => ({}), readShare: 1, isSet: false },
  { name: 'shows milliseconds', clock: () => ({ stepMs: 1 }), readShare: 1, isSet: true },
  {
    name: 'cold nights, warm days',
    clock: () => ({ basePpm: 0, temperaturePpm: 34.7, weatherMs: 24 * hourMs, stepMs: 1 }),
    readShare: 1,
    isSet: true,
  },
  { name: 'display rounds, names cut off', clock: () => ({ display: 'rounded' }), readShare: 1, isSet: true },
  { name: 'slow, uneven wire (2 s)', clock: () => ({}), readShare: 1, isSet: true, longestWayMs: 2000 },
  { name: 'readings missing', clock: () => ({}), readShare: 0.6, isSet: true },
  {
    name: 'runs away faster than allowed',
    clock: (random) => ({ basePpm: random.pick([-1, 1]) * random.between(40, 200) }),
    readShare: 1,
    isSet: true,
  },
  { name: 'pushed between dockings', clock: () => ({}), readShare: 1, isSet: true, isPushed: true },
  { name: 'pushed, never set', clock: () => ({}), readShare: 0.8, isSet: false, isPushed: true },
  {
    name: 'wrong time zone, then set',
    clock: (random) => ({ offsetMs: random.pick([-8, 8, -1, 5.5]) * hourMs + random.between(-3000, 3000) }),
    readShare: 1,
    isSet: true,
  },
  {
    name: 'never set (1970, 2000)',
    clock: (random) => ({ offsetMs: -random.pick([26, 56]) * 365.25 * 24 * hourMs }),
    readShare: 1,
    isSet: true,
  },
  {
    name: 'dock not synchronised',
    clock: () => ({}),
    readShare: 1,
    isSet: true,
    isHostSynchronised: false,
  },
  { name: 'clock cannot be read', clock: () => ({}), readShare: 0, isSet: false },
  { name: 'set, cannot be read', clock: () => ({}), readShare: 0, isSet: true },
  { name: 'track beside, clock not readable', clock: () => ({}), readShare: 0, isSet: false, hasTrack: true },
  {
    name: 'track beside, pushed',
    clock: () => ({}),
    readShare: 1,
    isSet: true,
    isPushed: true,
    hasTrack: true,
  },
];
