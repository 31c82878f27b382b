import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why files cannot be made immutable here, or `null` where they can. */
export const whyNotImmutable: string | null = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'docket-flag-'));
  const file = join(folder, 'file');
  try {
    writeFileSync(file, '');
    execFileSync('chattr', ['+i', file], { stdio: 'pipe' });
    execFileSync('chattr', ['-i', file], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `files cannot be made immutable: ${String(error).split('\n')[0]}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
})();
