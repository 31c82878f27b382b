import type { Command } from 'commander';
import { viewerCredential } from '../../live/rtsp-server/viewer-credential.ts';
import type { CommandContext } from '../command-context.ts';
import { withExamples } from '../command-parts.ts';
import { readPassword } from '../read-password.ts';
import { UsageError } from '../usage-error.ts';
import { addLiveLists } from './live-lists.ts';

const shortestPassword = 12;
const longestPassword = 128;
const viewerName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u;

export function addLiveCommand(program: Command, context: CommandContext): void {
  const { help, live } = context.messages;
  const group = program.command('live').description(help.live);
  const command = group
    .command('credential')
    .description(help.liveCredential)
    .argument('<name>', help.liveCredentialName)
    .action((name: string) => makeCredential(name, context));
  withExamples(command, live.examples, context);
  addLiveLists(group, context);
}

async function makeCredential(name: string, { messages, print, complain }: CommandContext): Promise<void> {
  const { live, usage } = messages;
  if (!viewerName.test(name)) throw new UsageError(usage.wrongValue('<name>', live.viewerName));
  const password = await readPassword(live.askPassword(name), { input: process.stdin, ask: complain });
  const { length } = [...password];
  if (length < shortestPassword || length > longestPassword || /\p{Cc}/u.test(password)) {
    throw new UsageError(live.passwordLength(shortestPassword, longestPassword));
  }
  const { ha1, ha1Sha256 } = viewerCredential(name, password);
  complain(live.configure);
  // A JSON text is a YAML text too.
  print(`    - name: ${JSON.stringify(name)}`);
  print(`      ha1: "${ha1}"`);
  print(`      ha1Sha256: "${ha1Sha256}"`);
}
