import { setTimeout as delay } from 'node:timers/promises';
import { type Behaviour, type Body, refusal, reply, type SimulatedRequest } from './behaviour.ts';

/** Which requests a fault meets: those of one message, after `skip` of them, `times` times (default: once). */
export interface Occasion {
  to: string;
  skip?: number;
  times?: number;
}

const fileGroup = 8;
const fileReadFailed = 7;

function on({ to, skip = 0, times = 1 }: Occasion, fault: Behaviour): Behaviour {
  let seen = 0;
  return (request, answer, plug) => {
    if (request.name !== to) return answer();
    seen++;
    return seen > skip && seen <= skip + times ? fault(request, answer, plug) : answer();
  };
}

/** The answer is worked out, but never sent. */
export function dropAnswer(occasion: Occasion): Behaviour {
  return on(occasion, async (_, answer) => ({ ...(await answer()), times: 0 }));
}

/** The answer comes twice. */
export function duplicateAnswer(occasion: Occasion): Behaviour {
  return on(occasion, async (_, answer) => ({ ...(await answer()), times: 2 }));
}

/** The answer comes late. */
export function delayAnswer(occasion: Occasion, delayMs: number): Behaviour {
  return on(occasion, async (_, answer) => {
    await delay(delayMs);
    return answer();
  });
}

/** One byte on the line is damaged, counted from the start of the answer's frames. */
export function corruptByte(occasion: Occasion, positionBytes: number): Behaviour {
  return on(occasion, async (_, answer) => ({
    ...(await answer()),
    alter: (frames) => {
      const damaged = Uint8Array.from(frames);
      damaged[positionBytes] = (damaged[positionBytes] ?? 0) ^ 0x01;
      return damaged;
    },
  }));
}

/** Console text stands in front of every answer, as firmware with logging on the same line writes it. */
export function chatter(text: string): Behaviour {
  return async (_, answer) => ({
    ...(await answer()),
    alter: (frames) => Buffer.concat([Buffer.from(`${text}\r\n`), frames]),
  });
}

/** A download brings at most `lengthBytes`. */
export function shortRead(occasion: Omit<Occasion, 'to'>, lengthBytes: number): Behaviour {
  return on({ ...occasion, to: 'download' }, async (_, answer) => {
    const answered = await answer();
    const { data } = answered.body;
    if (!(data instanceof Uint8Array)) return answered;
    return { ...answered, body: { ...answered.body, data: data.subarray(0, lengthBytes) } };
  });
}

/** The card cannot be read from `positionBytes` on. */
export function readErrorAt(positionBytes: number): Behaviour {
  return async (request, answer) => {
    const answered = await answer();
    return endOfDownload(request, answered.body) > positionBytes
      ? refusal(request.header, fileGroup, fileReadFailed)
      : answered;
  };
}

/** The recorder is pulled out when a download reaches `positionBytes`. */
export function unplugAt(positionBytes: number): Behaviour {
  return async (request, answer, plug) => {
    const answered = await answer();
    if (endOfDownload(request, answered.body) <= positionBytes) return answered;
    await plug.unplug();
    return { ...answered, times: 0 };
  };
}

/** The recorder is pulled out when an upload of firmware has reached `positionBytes`; `power` says whether it goes too. */
export function unplugInUpload(positionBytes: number, power: 'kept' | 'lost'): Behaviour {
  let isDone = false;
  return async (request, answer, plug) => {
    const answered = await answer();
    const { off } = answered.body;
    if (isDone || request.name !== 'upload-image' || typeof off !== 'number' || off <= positionBytes)
      return answered;
    isDone = true;
    await (power === 'lost' ? plug.losePower() : plug.unplug());
    return { ...answered, times: 0 };
  };
}

/** The recorder refuses an occasion with an error of a group, or of SMP itself where `group` is `null`. */
export function refuse(occasion: Occasion, group: number | null, rc: number): Behaviour {
  return on(occasion, async ({ header }) => refusal(header, group, rc));
}

/** The recorder says that it took the time, and did not. */
export function ignoreClockSetting(): Behaviour {
  return on({ to: 'write-date-time', times: Number.POSITIVE_INFINITY }, async () => reply({}));
}

/** Every length the recorder tells is `extraBytes` more than it serves. */
export function lieAboutSize(extraBytes: number): Behaviour {
  const stretch = (value: unknown): unknown => (typeof value === 'number' ? value + extraBytes : value);
  return async ({ name }, answer) => {
    const answered = await answer();
    const { body } = answered;
    if (name === 'file-status' || (name === 'download' && 'len' in body)) {
      return { ...answered, body: { ...body, len: stretch(body.len) } };
    }
    if (name === 'read-clip' && 'size' in body) {
      return { ...answered, body: { ...body, size: stretch(body.size) } };
    }
    if (name === 'list-clips' && Array.isArray(body.clips)) {
      const clips = body.clips.map((entry: Body) => ({ ...entry, size: stretch(entry.size) }));
      return { ...answered, body: { ...body, clips } };
    }
    return answered;
  };
}

/** The recorder says something else altogether, e.g. what no honest one would. */
export function answerWith(occasion: Occasion, body: (request: SimulatedRequest) => Body): Behaviour {
  return on(occasion, async (request) => reply(body(request)));
}

/** Position after the last byte a download answer brings; 0 for every other answer. */
function endOfDownload({ name }: SimulatedRequest, { off, data }: Body): number {
  return name === 'download' && typeof off === 'number' && data instanceof Uint8Array ? off + data.length : 0;
}
