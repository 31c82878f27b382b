import { IsOptional, type TProperties, type TSchema } from '../schema.ts';
import { describeCodes, table } from '../specification/document.ts';
import { smpErrors } from './device-error.ts';
import type { Message } from './message.ts';
import { type Group, groups } from './messages/index.ts';
import { protocolErrorCodes } from './protocol-error.ts';

/** Parts of the protocol document that are printed from the declarations, by the name of their place. */
export function describeSmp(): Readonly<Record<string, string>> {
  return {
    messages: groups.map(describeGroup).join('\n\n'),
    'smp-errors': describeCodes('code', smpErrors),
    'protocol-errors': describeCodes('error', protocolErrorCodes),
  };
}

function describeGroup({ id, title, messages, errors }: Group): string {
  return [
    `### Group ${id}: ${title}`,
    ...messages.map(describeMessage),
    `#### Errors of group ${id}`,
    describeCodes('code', errors),
  ].join('\n\n');
}

function describeMessage({ name, command, operation, doc, request, response }: Message): string {
  return [
    `#### \`${name}\``,
    `Command ${command}, ${operation}. ${doc}`,
    describeFields('request', request.fields),
    describeFields('response', response.fields),
  ].join('\n\n');
}

function describeFields(direction: string, fields: TProperties): string {
  const rows = Object.entries(fields).map(([key, field]) => [`\`${key}\``, wireOf(field), meaningOf(field)]);
  if (rows.length === 0) return `The ${direction} is an empty map.`;
  return table([direction, 'type', 'meaning'], rows);
}

function wireOf(field: TSchema): string {
  const wire = 'cbor' in field ? String(field.cbor) : '';
  return IsOptional(field) ? `${wire}; optional` : wire;
}

function meaningOf(field: TSchema): string {
  return 'description' in field ? String(field.description) : '';
}
