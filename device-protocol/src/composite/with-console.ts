import { deriveRecorder } from '../derived-recorder.ts';
import { isRecorderLost, notSupported } from '../errors.ts';
import type { Capability, Recorder, RecorderIdentity } from '../recorder.ts';

/** Powers that a console brings to a recorder whose clips are on a mounted card. */
const consolePowers: ReadonlySet<Capability> = new Set<Capability>([
  'readClock',
  'setClock',
  'battery',
  'writeIdentity',
  'firmware',
]);

/**
 * One recorder of two: clips come from its card, identity, clock, battery and settings from its console. A console that
 * falls silent, leaves or crashes takes its powers along and nothing else: the clips go on being read.
 */
export function withConsole(
  volume: Recorder,
  console: Recorder,
  onConsoleLost: (error: unknown) => void = () => {},
): Recorder {
  let isLost = false;
  const can = (power: Capability) => !isLost && console.capabilities.has(power);
  /** Asks the console; one that is lost can do nothing any more, which is no reason to end the docking. */
  const ask = async <Answer>(what: string, question: () => Promise<Answer>): Promise<Answer> => {
    if (isLost) throw notSupported(`${what}: its console is gone`);
    try {
      return await question();
    } catch (error) {
      if (!isRecorderLost(error)) throw error;
      isLost = true;
      onConsoleLost(error);
      throw notSupported(`${what}: its console is gone`);
    }
  };
  const askOr = async <Answer>(otherwise: Answer, question: () => Promise<Answer>): Promise<Answer> =>
    ask('answer', question).catch((error: unknown) => {
      if (isLost) return otherwise;
      throw error;
    });

  const composite = deriveRecorder(volume, {
    driver: `${volume.driver}+${console.driver}`,
    identify: async (signal) => {
      const own = isLost ? null : await askOr(null, () => console.identify(signal));
      return own !== null && own.serialNumber !== null ? own : identityOf(await volume.identify(signal), own);
    },
    readClock: (count, signal) => ask('show its clock', () => console.readClock(count, signal)),
    setClock: (signal) => ask('be given the time', () => console.setClock(signal)),
    readStatus: async (signal) => {
      const status = await volume.readStatus(signal);
      const own = isLost ? null : await askOr(null, () => console.readStatus(signal));
      return { ...status, batteryPercent: own?.batteryPercent ?? status.batteryPercent };
    },
    writeIdentity: (identity, signal) =>
      ask('be given an identity', () => console.writeIdentity(identity, signal)),
    close: async () => {
      try {
        await console.close();
      } finally {
        await volume.close();
      }
    },
  });
  return Object.defineProperties(composite, {
    // Asked anew each time: powers go with the console.
    capabilities: {
      get: () => new Set([...volume.capabilities, ...[...consolePowers].filter(can)]),
    },
    firmware: { get: () => (isLost ? null : console.firmware) },
  });
}

/** Who a card says it is, with what a console without a serial number still knows. */
function identityOf(card: RecorderIdentity, own: RecorderIdentity | null): RecorderIdentity {
  if (own === null) return card;
  return {
    ...card,
    vendor: own.vendor ?? card.vendor,
    model: own.model ?? card.model,
    firmware: own.firmware ?? card.firmware,
    officerNumber: own.officerNumber ?? card.officerNumber,
  };
}
