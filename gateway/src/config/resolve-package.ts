import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/u;
const ownFolder = dirname(fileURLToPath(import.meta.url));
/** Conditions under which Node loads an ECMAScript module. */
const conditions = ['node', 'import', 'default'];

/**
 * The file a package begins with; `null` where there is none. A path is taken from `base`; a name is looked for in the
 * `node_modules` of `base` and of the folders above it, then in those of the gateway.
 */
export async function resolvePackage(place: string, base: string): Promise<string | null> {
  if (/^\.{0,2}\//u.test(place)) return entryOf(resolve(base, place));
  if (!packageName.test(place)) return null;
  for (const start of [resolve(base), ownFolder]) {
    for (const folder of upwards(start)) {
      const entry = await entryOf(join(folder, 'node_modules', place));
      if (entry !== null) return entry;
    }
  }
  return null;
}

function* upwards(folder: string): Generator<string> {
  for (let here = folder; ; here = dirname(here)) {
    yield here;
    if (dirname(here) === here) return;
  }
}

async function entryOf(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  if (found.isFile()) return path;
  const manifest = await readManifest(join(path, 'package.json'));
  const entry = manifest && (exported(manifest.exports) ?? textOf(manifest.main) ?? 'index.js');
  if (!entry) return null;
  const file = resolve(path, entry);
  return (await stat(file).catch(() => null))?.isFile() ? file : null;
}

async function readManifest(file: string): Promise<Record<string, unknown> | null> {
  try {
    const manifest: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isRecord(manifest) ? manifest : null;
  } catch {
    return null;
  }
}

/** What `exports` gives for the package itself (Node.js, "Package entry points" and "Conditional exports"). */
function exported(exports: unknown): string | null {
  if (typeof exports === 'string') return exports;
  if (!isRecord(exports)) return null;
  if (Object.hasOwn(exports, '.')) return exported(exports['.']);
  for (const [condition, target] of Object.entries(exports)) {
    const file = conditions.includes(condition) ? exported(target) : null;
    if (file !== null) return file;
  }
  return null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
