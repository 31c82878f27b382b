import { Type } from '@docket/device-protocol/schema';
import type { Command } from 'commander';
import { Slot, SlotPlace } from '../../contract/index.ts';
import { ApiClient } from '../api-client.ts';
import { calibrateSlots } from '../calibrate-slots.ts';
import type { CommandContext } from '../command-context.ts';
import { withExamples } from '../command-parts.ts';
import { textTable } from '../text-table.ts';

interface SlotsFlags {
  url?: string;
  json?: true;
}

export function addSlotsCommand(program: Command, context: CommandContext): void {
  const { help, examples } = context.messages;
  const slots = program
    .command('slots')
    .description(help.slots)
    .option('--url <address>', help.url)
    .option('--json', help.json)
    .action((flags: SlotsFlags) => listSlots(flags, context));
  withExamples(slots, examples.slots, context);
  const calibrate = slots
    .command('calibrate')
    .description(help.slotsCalibrate)
    .option('--url <address>', help.url)
    .action((_flags: SlotsFlags, command: Command) =>
      calibrateSlots(new ApiClient(context, command.optsWithGlobals<SlotsFlags>().url), context, {
        input: process.stdin,
        output: process.stdout,
      }),
    );
  withExamples(calibrate, examples.slotsCalibrate, context);
}

async function listSlots(flags: SlotsFlags, context: CommandContext): Promise<void> {
  const client = new ApiClient(context, flags.url);
  const { slots } = await client.read('/slots', Type.Object({ slots: Type.Array(Slot) }));
  const { places } = await client.read('/places', Type.Object({ places: Type.Array(SlotPlace) }));
  if (flags.json) return context.print(JSON.stringify({ slots, places }, null, 2));
  const words = context.messages.calibration;
  const named = new Set(places.map(({ slot }) => slot));
  const unnamed = slots.filter(({ slot }) => !named.has(slot));
  if (places.length + unnamed.length === 0) return context.print(words.noLabels);
  const byLabel = [...places].sort((left, right) =>
    left.label.localeCompare(right.label, 'en', { numeric: true }),
  );
  const rows = [
    ...byLabel.map(({ label, slot, place }) => [label, slot ?? words.away, place]),
    ...unnamed.map(({ slot }) => ['', slot, '']),
  ];
  for (const line of textTable(words.columns, rows)) context.print(line);
}
