import { describeCodes, table } from '../specification/document.ts';
import { eventNames, responseNames } from './codes.ts';
import { datasets } from './datasets.ts';
import { operations } from './operations.ts';
import { wireErrorCodes } from './wire-error.ts';

/** Parts of the protocol document that are printed from the declarations, by the name of their place. */
export function describeMtp(): Readonly<Record<string, string>> {
  return {
    operations: describeOperations(),
    datasets: datasets.map(describeDataset).join('\n\n'),
    responses: describeCodes('response', byHex(responseNames)),
    events: describeCodes('event', byHex(eventNames)),
    'wire-errors': describeCodes('error', wireErrorCodes),
  };
}

function describeOperations(): string {
  const rows = Object.values(operations).map(({ name, code, parameters, data, source, doc }) => [
    `\`${hex(code)}\` ${name}`,
    parameters.join(', '),
    data === 'none' ? '' : data.replace('-', ' '),
    source,
    doc,
  ]);
  return table(['operation', 'parameters', 'data', 'standard', 'use'], rows);
}

function describeDataset({ name, source, fields }: (typeof datasets)[number]): string {
  const rows = Object.entries(fields).map(([key, { wire, doc }]) => [`\`${key}\``, wire, doc]);
  return [`### ${name}`, `${source}.`, table(['field', 'type', 'meaning'], rows)].join('\n\n');
}

function byHex(codes: Readonly<Record<number, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(codes).map(([code, meaning]) => [`\`${hex(Number(code))}\``, meaning]),
  );
}

function hex(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
