import {
  type HostClock,
  type SynchronisedHostClock,
  unknownHostClock,
} from '../time/host-clock/host-clock.ts';

/** A host whose clock is known to be within `boundMs` of UTC. */
export function synchronisedHost(boundMs: number): SynchronisedHostClock {
  return { ...unknownHostClock(new Date(0)), source: 'chrony', state: 'synchronised', stratum: 3, boundMs };
}

export const unsynchronisedHost: HostClock = {
  ...unknownHostClock(new Date(0)),
  source: 'chrony',
  state: 'unsynchronised',
};
