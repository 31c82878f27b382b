import { IsOptional, type TProperties, type TSchema } from 'typebox';
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

/**
 * Puts every generated part into its place, between `<!-- generated: name -->` and `<!-- end: name -->`.
 * Throws where the document has no such place.
 */
export function spliceGenerated(document: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const begin = `<!-- generated: ${name} -->`;
    const end = `<!-- end: ${name} -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`the document has no place for "${name}"`);
    return `${text.slice(0, from)}${begin}\n\n${part}\n\n${text.slice(to)}`;
  }, document);
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

function describeCodes(title: string, codes: Readonly<Record<string, string>>): string {
  return table(
    [title, 'meaning'],
    Object.entries(codes).map(([code, meaning]) => [code, meaning]),
  );
}

/** A table with its columns in line, as the formatter of this repository leaves it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
