import { IsOptional, type TProperties, type TSchema } from '../schema.ts';
import type { Message } from './message.ts';
import { groups } from './messages/index.ts';

const recorderGroup = 64;

const preamble = `; Recorder management, SMP group ${recorderGroup}: bodies of requests and answers, as CDDL (RFC 8610).
; Generated from the declarations of the driver; the protocol itself is told in smp.md.
;
; The rules say what is sent. Who receives leaves keys that are not listed out of account. An answer is either the one
; of its message or \`error-response\`.
`;

const errorResponse = `; Every answer that carries an error: of SMP itself, or of a group (version 2).
error-response = smp-refusal / group-refusal

smp-refusal = {
  rc: int, ; code of SMP itself; 0 is no error
  ? rsn: tstr, ; words for people
}

group-refusal = {
  err: group-error,
}

group-error = {
  group: 0..65535,
  rc: uint, ; see "Errors of group ${recorderGroup}" in smp.md
}
`;

/** The vendor group as CDDL, from which zcbor makes C for firmware. */
export function recorderCddl(): string {
  const messages = groups.find(({ id }) => id === recorderGroup)?.messages ?? [];
  return [preamble, ...messages.map(describeMessage), errorResponse].join('\n');
}

function describeMessage({ name, command, operation, request, response }: Message): string {
  return [
    `; Command ${command}, ${operation}.`,
    rule(`${name}-request`, request.fields),
    rule(`${name}-response`, response.fields),
  ].join('\n');
}

function rule(name: string, fields: TProperties): string {
  const members = Object.entries(fields).map(([key, field]) => `  ${member(key, field)}\n`);
  return members.length === 0 ? `${name} = {}\n` : `${name} = {\n${members.join('')}}\n`;
}

function member(key: string, field: TSchema): string {
  const { cddl, description } = field as TSchema & { cddl: string; description: string };
  return `${IsOptional(field) ? '? ' : ''}${key}: ${cddl}, ; ${description}`;
}
