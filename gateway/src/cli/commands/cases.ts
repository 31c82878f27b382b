import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import type { Command } from 'commander';
import { ApiClient } from '../api-client.ts';
import type { CommandContext } from '../command-context.ts';
import { withExamples } from '../command-parts.ts';
import { UsageError } from '../usage-error.ts';

interface PacketFlags {
  out: string;
  sha256?: string;
  person?: string;
  language?: string;
  url?: string;
}

/** The forms of a packet, by the ending of the file. */
const forms: Readonly<Record<string, string>> = { '.json': '', '.html': '.html', '.pdf': '.pdf' };

export function addCasesCommand(program: Command, context: CommandContext): void {
  const { help, examples } = context.messages;
  const cases = program.command('cases').description(help.cases);
  const packet = cases
    .command('packet')
    .argument('<caseId>', help.caseId)
    .description(help.casesPacket)
    .requiredOption('--out <file>', help.casesPacketOut)
    .option('--sha256 <hash>', help.casesPacketHash)
    .option('--person <name>', help.casesPerson)
    .option('--language <language>', help.casesPacketLanguage)
    .option('--url <address>', help.url)
    .action((caseId: string, flags: PacketFlags) => savePacket(caseId, flags, context));
  withExamples(packet, examples.casesPacket, context);
}

/** Fetches the packet in the form that the file's ending names, and says its hash. */
async function savePacket(caseId: string, flags: PacketFlags, context: CommandContext): Promise<void> {
  const { messages } = context;
  const form = forms[extname(flags.out).toLowerCase()];
  if (form === undefined)
    throw new UsageError(
      messages.usage.wrongValue('--out', messages.usage.oneOf(['.json', '.html', '.pdf'])),
    );
  const languages = ['zh-CN', 'en'];
  if (flags.language !== undefined && !languages.includes(flags.language))
    throw new UsageError(messages.usage.wrongValue('--language', messages.usage.oneOf(languages)));
  const query = new URLSearchParams();
  if (flags.sha256 !== undefined) query.set('sha256', flags.sha256);
  if (flags.person !== undefined) query.set('person', flags.person);
  if (form !== '' && flags.language !== undefined) query.set('lang', flags.language);
  const client = new ApiClient(context, flags.url);
  const { bytes, headers } = await client.download(
    `/cases/${encodeURIComponent(caseId)}/review-packet${form}?${query}`,
  );
  const hash = headers.get('docket-packet-sha256') ?? '';
  if (form === '' && createHash('sha256').update(bytes).digest('hex') !== hash)
    throw new Error(messages.cases.hashDiffers);
  await writeFile(resolve(flags.out), bytes);
  context.print(messages.cases.saved(flags.out, hash));
}
