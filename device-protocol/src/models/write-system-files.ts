// Writes what systemd/ has from the table of known models, or with `--check` tells whether it still fits.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { knownModels } from './known-models.ts';
import { udevRules } from './udev-rules.ts';
import { usbguardPolicy } from './usbguard-policy.ts';

const files = [
  { name: 'systemd/udev/70-docket.rules', text: udevRules(knownModels) },
  { name: 'systemd/usbguard/docket-rules.conf', text: usbguardPolicy(knownModels) },
];

for (const { name, text } of files) {
  const path = fileURLToPath(new URL(`../../../${name}`, import.meta.url));
  const before = await readFile(path, 'utf8').catch(() => null);
  if (before === text) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${name} is not what the table of known models makes; run: npm run spec\n`);
    process.exitCode = 1;
  } else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
