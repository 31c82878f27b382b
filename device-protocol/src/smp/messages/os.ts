import { Type } from '../../schema.ts';
import { text, unsigned } from '../field.ts';
import { message } from '../message.ts';

/** Default/OS management, group 0 of Zephyr's SMP Groups. */
const group = 0;

export const echo = message({
  name: 'echo',
  group,
  command: 0,
  operation: 'write',
  doc: 'Gives back the text it was sent: the cheapest sign that the recorder is there.',
  request: { d: text(64, 'text to give back') },
  response: { r: text(64, 'the same text') },
});

export const readDateTime = message({
  name: 'read-date-time',
  group,
  command: 4,
  operation: 'read',
  doc: 'Reads the clock. The recorder takes the time as late as it can before it answers, and truncates.',
  request: {},
  response: { datetime: text(40, '`yyyy-MM-ddTHH:mm:ss[.fraction][Z or ±hh:mm]`') },
});

export const writeDateTime = message({
  name: 'write-date-time',
  group,
  command: 4,
  operation: 'write',
  doc: 'Sets the clock. Docket reads the clock before it ever sends this.',
  request: { datetime: text(40, '`yyyy-MM-ddTHH:mm:ss[.fraction][Z or ±hh:mm]`') },
  response: {},
});

export const reset = message({
  name: 'reset',
  group,
  command: 5,
  operation: 'write',
  doc: 'Restarts the recorder. It answers first, then leaves the line and comes back.',
  request: { force: Type.Optional(unsigned('1 to restart although the recorder is busy; default 0', 1)) },
  response: {},
});

export const readParameters = message({
  name: 'read-parameters',
  group,
  command: 6,
  operation: 'read',
  doc: 'Reads the limits of the recorder, from which the host takes how many requests may wait at once.',
  request: {},
  response: {
    buf_size: unsigned('bytes of one packet, header and body', 0xffff_ffff),
    buf_count: unsigned('packets the recorder can hold', 0xffff_ffff),
  },
});

export const readInfo = message({
  name: 'read-info',
  group,
  command: 7,
  operation: 'read',
  doc: 'Reads what the firmware says of itself, in the order of the letters in `format`.',
  request: { format: Type.Optional(text(16, '`s` kernel name, `v` version, `n` node name, …; default `s`')) },
  response: { output: text(512, 'the asked words, with spaces between') },
});

/** The clock was never set: it cannot be read, but it can be set. */
export const clockNeverSet = 4;

/** Error codes of this group in SMP version 2. */
export const osErrors = {
  1: 'unknown error',
  2: 'the format is not valid',
  3: 'the query was not recognised',
  4: 'the clock was never set',
  5: 'the clock failed',
  6: 'no valid value for the answer',
} as const;
