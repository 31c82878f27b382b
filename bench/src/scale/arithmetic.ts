import { table } from '../report/table.ts';
import type { FleetPlan } from './fleet.ts';

const retentionDays = 180;
/** A night in which the line is free for footage. */
const nightHours = 9;
/** A page of an index record with the entries of its custody log, as Docket writes it. */
const recordBytes = 3_000;

/** What a fleet makes and needs, reckoned from its plan; twice, for recorders that make twice as much. */
export function arithmetic(plan: FleetPlan): string {
  const columns = [1, 2].map((times) =>
    figures({ ...plan, bytesPerRecordedHour: plan.bytesPerRecordedHour * times }),
  );
  const rows = Object.keys(columns[0] ?? {});
  return table(
    ['', ...[1, 2].map((times) => `${(plan.bytesPerRecordedHour * times) / 1e9} GB/h`)],
    rows.map((row) => [row, ...columns.map((column) => column[row] ?? '')]),
  );
}

function figures(plan: FleetPlan): Record<string, string> {
  const dockBytes = plan.recordersPerDock * plan.hoursPerShift * plan.bytesPerRecordedHour;
  const fleetBytes = dockBytes * plan.docks;
  const clips = (plan.docks * plan.recordersPerDock * plan.hoursPerShift * 60) / plan.clipMinutes;
  const rate = (bytes: number, hours: number) => (bytes * 8) / (hours * 3600);
  const inParts = (mebibytes: number, hours: number) => fleetBytes / (mebibytes * 2 ** 20) / (hours * 3600);
  return {
    'a dock, a day': scaled(dockBytes, 'B'),
    'line of a dock, 24 h / 9 h': both((hours) => scaled(rate(dockBytes, hours), 'bit/s')),
    'the fleet, a day': scaled(fleetBytes, 'B'),
    'into the centre, 24 h / 9 h': both((hours) => scaled(rate(fleetBytes, hours), 'bit/s')),
    'parts of 16 MiB a second, 24 h / 9 h': both((hours) => scaled(inParts(16, hours), '')),
    'parts of 64 MiB a second, 24 h / 9 h': both((hours) => scaled(inParts(64, hours), '')),
    [`kept ${retentionDays} days`]: scaled(fleetBytes * retentionDays, 'B'),
    'of it important': scaled(fleetBytes * retentionDays * plan.importantShare, 'B'),
    'line of a dock for important clips alone, 24 h': scaled(
      rate(dockBytes * plan.importantShare, 24),
      'bit/s',
    ),
    'disk of a dock for 3 / 30 days': `${scaled(dockBytes * 3, 'B')} / ${scaled(dockBytes * 30, 'B')}`,
    'clips a day, a second': `${scaled(clips, '')}, ${(clips / 86_400).toFixed(0)}`,
    'index records a day': scaled(clips * recordBytes, 'B'),
    'line of a dock for index records alone, 24 h': scaled(
      rate((clips / plan.docks) * recordBytes, 24),
      'bit/s',
    ),
  };
}

function both(of: (hours: number) => string): string {
  return `${of(24)} / ${of(nightHours)}`;
}

/** With a decimal prefix and three figures. */
function scaled(value: number, unit: string): string {
  const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
  const power = Math.min(prefixes.length - 1, Math.max(0, Math.floor(Math.log10(value) / 3)));
  return `${(value / 1000 ** power).toPrecision(3)} ${prefixes[power]}${unit}`.trim();
}
