/** Deposits clips in an archive folder until it is killed, and prints the key and hash of each that the archive says it holds. */
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { DirectoryArchive } from '../archive/directory/directory-archive.ts';
import { directoryTarget } from '../archive/target-settings.ts';
import { HashPool } from '../pull/hash-pool.ts';

const [root = '', folder = ''] = process.argv.slice(2);
const archive = new DirectoryArchive({
  settings: directoryTarget('main', root),
  pool: new HashPool(1),
  depositor: 'dock-1',
  known: { read: async () => null, write: async () => {} },
});
const line = { session: null, keepSession: async () => {}, take: async () => {}, progress: () => {} };
for (let clip = 0; clip < 400; clip += 1) {
  const sizeBytes = clip % 5 === 0 ? 3_000_000 : 20_000 + clip;
  const bytes = randomBytes(sizeBytes);
  const file = join(folder, 'media');
  await writeFile(file, bytes);
  const digest = { sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes };
  const { holding } = await archive.deposit(
    {
      clipId: uuidv7(),
      original: digest,
      recordSha256: digest.sha256,
      content: { ...digest, file, encryption: 'none' },
      retention: { class: 'ordinary', until: null, isOnHold: false },
    },
    line,
    new AbortController().signal,
  );
  process.stdout.write(`${holding.object.key} ${digest.sha256}\n`);
}
process.exit(0);
