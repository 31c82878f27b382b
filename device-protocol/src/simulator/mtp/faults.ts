import type { Behaviour, Delivery, Payload, Reply, SimulatedCommand } from './behaviour.ts';
import { reply, replyWith } from './behaviour.ts';

/** Which commands a fault meets: those of one operation by its name, after `skip` of them, `times` times (default: once). */
export interface Occasion {
  to: string;
  skip?: number;
  times?: number;
}

/** Every command of one operation. */
export function always(to: string): Occasion {
  return { to, times: Number.POSITIVE_INFINITY };
}

function on({ to, skip = 0, times = 1 }: Occasion, fault: Behaviour): Behaviour {
  let seen = 0;
  return (command, answer, plug) => {
    if (command.operation.name !== to) return answer();
    seen++;
    return seen > skip && seen <= skip + times ? fault(command, answer, plug) : answer();
  };
}

/** The answer crosses the wire in another way than the standard has it. */
export function deliver(occasion: Occasion, how: Partial<Delivery>): Behaviour {
  return on(occasion, async (_, answer) => delivered(await answer(), how));
}

function delivered(answered: Reply, how: Partial<Delivery>): Reply {
  return { ...answered, delivery: { ...answered.delivery, ...how } };
}

/** Neither data nor response is sent. */
export function dropAnswer(occasion: Occasion): Behaviour {
  return deliver(occasion, { isDropped: true });
}

/** The answer comes late. */
export function delayAnswer(occasion: Occasion, delayMs: number): Behaviour {
  return deliver(occasion, { delayMs });
}

/** The recorder refuses. */
export function refuse(occasion: Occasion, response: number): Behaviour {
  return on(occasion, async () => reply(response));
}

/** The pipe stalls in the middle of the data. */
export function stallAfter(occasion: Occasion, stallsAfterBytes: number): Behaviour {
  return deliver(occasion, { stallsAfterBytes });
}

/** The recorder breaks off the data, and says so in its response. */
export function breakOffAfter(occasion: Occasion, endsAfterBytes: number, response: number): Behaviour {
  return on(occasion, async (_, answer) => ({ ...delivered(await answer(), { endsAfterBytes }), response }));
}

/** Every data phase comes in as many transfers as a recorder can make of it, and without empty packets at their ends. */
export function oddTransfers(): Behaviour {
  return async (_, answer) => delivered(await answer(), { isHeaderApart: true, isEmptyPacketLeftOut: true });
}

/** A dataset ends after so many bytes, in a container that says so. */
export function truncateDataset(occasion: Occasion, lengthBytes: number): Behaviour {
  return on(occasion, async (_, answer) => {
    const answered = await answer();
    if (answered.data === null) return answered;
    const bytes = await answered.data.read(0, answered.data.sizeBytes);
    return replyWith(bytes.subarray(0, lengthBytes));
  });
}

/** A partial read brings at most `lengthBytes`. */
export function shortRead(occasion: Occasion, lengthBytes: number): Behaviour {
  return on(occasion, async (_, answer) => {
    const answered = await answer();
    const sizeBytes = Math.min(answered.data?.sizeBytes ?? 0, lengthBytes);
    if (answered.data === null) return answered;
    return { ...answered, data: { ...answered.data, sizeBytes }, parameters: [sizeBytes] };
  });
}

/** One byte of an object is damaged on the wire, counted from the object's begin. */
export function corruptByte(occasion: Occasion, positionBytes: number): Behaviour {
  return on(occasion, async (_, answer) => {
    const answered = await answer();
    const at = positionBytes - (answered.data?.positionBytes ?? 0);
    const alter = (bytes: Uint8Array, from: number): Uint8Array => {
      if (at < from || at >= from + bytes.length) return bytes;
      const damaged = Uint8Array.from(bytes);
      damaged[at - from] = (damaged[at - from] ?? 0) ^ 0x01;
      return damaged;
    };
    return delivered(answered, { alter });
  });
}

/** The card cannot be read from `positionBytes` of an object on. */
export function readErrorAt(positionBytes: number): Behaviour {
  return reaching(positionBytes, (answered, afterBytes) => ({
    ...delivered(answered, { endsAfterBytes: afterBytes }),
    response: 0x2002,
  }));
}

/** The recorder is pulled out when an object is read up to `positionBytes`. */
export function unplugAt(positionBytes: number): Behaviour {
  return reaching(positionBytes, (answered, unplugsAfterBytes) => delivered(answered, { unplugsAfterBytes }));
}

/** A card or a wire of so many bytes a second. */
export function slow(bytesPerSecond: number): Behaviour {
  return async (_, answer) => delivered(await answer(), { bytesPerSecond });
}

/** Something else is sent altogether, e.g. what no honest recorder would. */
export function answerWith(occasion: Occasion, bytes: (command: SimulatedCommand) => Uint8Array): Behaviour {
  return on(occasion, async (command) => replyWith(bytes(command)));
}

/** What the recorder sends in a dataset is changed. */
export function alterDataset(occasion: Occasion, change: (bytes: Uint8Array) => Uint8Array): Behaviour {
  return on(occasion, async (_, answer) => {
    const answered = await answer();
    return answered.data === null ? answered : replyWith(change(await wholeOf(answered.data)));
  });
}

/** An event comes just before the answer. */
export function announce(occasion: Occasion, event: number, ...parameters: number[]): Behaviour {
  return on(occasion, (_, answer, plug) => {
    plug.emit(event, ...parameters);
    return answer();
  });
}

/** A question about all storages at once is refused, and nothing is answered after it (seen on umtp-responder). */
export function hangsAfterAllStorages(): Behaviour {
  let hangs = false;
  return async ({ operation, parameters }, answer) => {
    if (hangs) return delivered(reply(), { isDropped: true });
    if (operation.name !== 'GetObjectHandles' || parameters[0] !== 0xffff_ffff) return answer();
    hangs = true;
    return reply(0x2008);
  };
}

/** Folders cannot be listed, only whole storages. */
export function listsOnlyWholeStorages(): Behaviour {
  return async ({ operation, parameters }, answer) =>
    operation.name === 'GetObjectHandles' && parameters[2] !== 0 ? reply(0x2006) : answer();
}

/** Every folder shows all objects of the storage. */
export function ignoresFolders(): Behaviour {
  return async (command, answer) => {
    if (command.operation.name === 'GetObjectHandles') (command.parameters as number[])[2] = 0;
    return answer();
  };
}

function reaching(positionBytes: number, fault: (answered: Reply, afterBytes: number) => Reply): Behaviour {
  return async ({ operation }, answer) => {
    const answered = await answer();
    const { data } = answered;
    const isOfObject = ['GetObject', 'GetPartialObject', 'GetPartialObject64'].includes(operation.name);
    if (!isOfObject || data === null || data.positionBytes + data.sizeBytes <= positionBytes) return answered;
    return fault(answered, Math.max(0, positionBytes - data.positionBytes));
  };
}

function wholeOf(data: Payload): Promise<Uint8Array> {
  return data.read(0, data.sizeBytes);
}
