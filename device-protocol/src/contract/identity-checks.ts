import { type Check, demand, demandEqual } from './trial.ts';

/** Longest text a recorder may say of itself. */
const longestClaim = 256;

export const identityChecks = [
  {
    name: 'opens',
    async run({ recorder }) {
      demand(recorder.parallelReads >= 1, `parallelReads is ${recorder.parallelReads}`);
      demandEqual(
        recorder.firmware !== null,
        recorder.capabilities.has('firmware'),
        'firmware access is there exactly with the capability firmware',
      );
      demand(await recorder.isPresent(), 'a recorder just opened says that it is not there');
    },
  },
  {
    name: 'identity-repeatable',
    async run({ recorder, signal }) {
      const first = await recorder.identify(signal);
      demandEqual(await recorder.identify(signal), first, 'asked again, the recorder says');
    },
  },
  {
    name: 'identity-clean',
    async run({ recorder, signal }) {
      const { source, ...claims } = await recorder.identify(signal);
      for (const [name, claim] of Object.entries(claims)) {
        if (claim === null) continue;
        demand(!/\p{Cc}/u.test(claim), `${name} holds control characters`);
        demand(claim.trim() !== '', `${name} is an empty text where null is due`);
        demand(claim.length <= longestClaim, `${name} is ${claim.length} characters long`);
      }
      const saysNothing = Object.values(claims).every((claim) => claim === null);
      demand(!saysNothing || source === 'none', `source is ${source}, but nothing was said`);
    },
  },
  {
    name: 'status',
    async run({ recorder, signal }) {
      const { batteryPercent, capacityBytes, freeBytes } = await recorder.readStatus(signal);
      const { capabilities } = recorder;
      demandEqual(
        batteryPercent !== null,
        capabilities.has('battery'),
        'battery is told with its capability',
      );
      demandEqual(
        capacityBytes !== null,
        capabilities.has('capacity'),
        'capacity is told with its capability',
      );
      demand(
        batteryPercent === null || (batteryPercent >= 0 && batteryPercent <= 100),
        `battery stands at ${batteryPercent} percent`,
      );
      demand(
        capacityBytes === null || freeBytes === null || (freeBytes >= 0 && freeBytes <= capacityBytes),
        `${freeBytes} of ${capacityBytes} bytes are free`,
      );
    },
  },
] as const satisfies readonly Check[];
