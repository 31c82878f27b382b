import { Type } from '@docket/device-protocol/schema';
import type { Command } from 'commander';
import { Recorder, type RecorderState } from '../../contract/index.ts';
import { ApiClient } from '../api-client.ts';
import type { CommandContext } from '../command-context.ts';
import { withExamples } from '../command-parts.ts';
import { textTable } from '../text-table.ts';
import { UsageError } from '../usage-error.ts';

interface RecordersFlags {
  text?: string;
  state?: string;
  batteryBelow?: string;
  clockFault?: true;
  notSeenFor?: string;
  url?: string;
  json?: true;
}

export function addRecordersCommand(program: Command, context: CommandContext): void {
  const { help, examples, recorders } = context.messages;
  const command = program
    .command('recorders')
    .description(help.recorders)
    .option('--text <text>', help.recordersText)
    .option('--state <state>', help.recordersState(Object.keys(recorders.states).join(', ')))
    .option('--battery-below <percent>', help.recordersBattery)
    .option('--clock-fault', help.recordersClock)
    .option('--not-seen-for <days>', help.recordersAbsent)
    .option('--url <address>', help.url)
    .option('--json', help.json)
    .action((flags: RecordersFlags) => listRecorders(flags, context));
  withExamples(command, examples.recorders, context);
}

async function listRecorders(flags: RecordersFlags, context: CommandContext): Promise<void> {
  const query = new URLSearchParams();
  if (flags.text !== undefined) query.set('text', flags.text);
  if (flags.state !== undefined) query.set('state', stateOf(flags.state, context));
  if (flags.batteryBelow !== undefined) {
    query.set('batteryBelow', wholeNumber('--battery-below', flags.batteryBelow, 100, context));
  }
  if (flags.clockFault) query.set('clockFault', 'true');
  if (flags.notSeenFor !== undefined) {
    query.set('notSeenForDays', wholeNumber('--not-seen-for', flags.notSeenFor, 3_650, context));
  }
  const client = new ApiClient(context, flags.url);
  const answer = await client.read(`/recorders?${query}`, Type.Object({ recorders: Type.Array(Recorder) }));
  if (flags.json) return context.print(JSON.stringify(answer, null, 2));
  for (const line of recorderLines(answer.recorders, context)) context.print(line);
}

function stateOf(state: string, { messages }: CommandContext): RecorderState {
  const states = Object.keys(messages.recorders.states) as RecorderState[];
  const found = states.find((known) => known === state);
  if (found !== undefined) return found;
  throw new UsageError(messages.usage.wrongValue('--state', messages.usage.oneOf(states)));
}

function wholeNumber(flag: string, text: string, most: number, { messages }: CommandContext): string {
  const value = /^\d{1,4}$/u.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= most) return String(value);
  throw new UsageError(messages.usage.wrongValue(flag, messages.usage.fromTo(1, most)));
}

function recorderLines(recorders: readonly Recorder[], { messages }: CommandContext): string[] {
  const words = messages.recorders;
  if (recorders.length === 0) return [words.none];
  const rows = recorders.map((recorder) => [
    recorder.serialNumber ?? words.unnamed,
    [recorder.vendor, recorder.model].filter(Boolean).join(' '),
    words.states[recorder.state],
    recorder.issuedTo === null ? '' : `${recorder.issuedTo.officerName} ${recorder.issuedTo.officerNumber}`,
    recorder.reading?.batteryPercent == null ? '' : `${Math.round(recorder.reading.batteryPercent)} %`,
    recorder.clockFault ? words.clockFault : '',
    new Date(recorder.lastSeenAt).toLocaleString('sv-SE'),
    recorder.slot ?? '',
  ]);
  return textTable(words.columns, rows);
}
