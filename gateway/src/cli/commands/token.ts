import { createHash, randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { withExamples } from '../command-parts.ts';
import { UsageError } from '../usage-error.ts';

interface TokenFlags {
  name: string;
  scopes: string;
}

const knownScopes = ['read', 'media', 'operate', 'approve', 'deliver'];

export function addTokenCommand(program: Command, context: CommandContext): void {
  const { help, examples } = context.messages;
  const token = program.command('token').description(help.token);
  const command = token
    .command('create')
    .description(help.tokenCreate)
    .requiredOption('--name <name>', help.tokenName)
    .requiredOption('--scopes <scopes>', help.tokenScopes)
    .action((flags: TokenFlags) => createToken(flags, context));
  withExamples(command, examples.token, context);
}

function createToken(flags: TokenFlags, { messages, print }: CommandContext): void {
  const scopes = [...new Set(flags.scopes.split(',').map((scope) => scope.trim()))];
  if (!scopes.every((scope) => knownScopes.includes(scope))) {
    throw new UsageError(messages.usage.wrongValue('--scopes', messages.usage.oneOf(knownScopes)));
  }
  const token = `docket_${randomBytes(32).toString('base64url')}`;
  const sha256 = createHash('sha256').update(token, 'utf8').digest('hex');
  print(messages.token.created);
  print(`  ${token}`);
  print('');
  print(messages.token.configure);
  // A JSON text is a YAML text too, whatever the name holds.
  print(`    - name: ${JSON.stringify(flags.name)}`);
  print(`      sha256: ${sha256}`);
  print(`      scopes: [${scopes.join(', ')}]`);
}
