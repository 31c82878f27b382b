/** Protocol documents: prose by hand, with the tables between marks printed from the declarations. */

import { readFile, writeFile } from 'node:fs/promises';

/**
 * Writes the generated parts of a document anew where they are stale. With `--check` among the process's arguments it
 * writes nothing and sets the exit code to 1 instead.
 */
export async function keepDocument(documentUrl: URL, parts: Readonly<Record<string, string>>): Promise<void> {
  const current = await readFile(documentUrl, 'utf8');
  await keep(documentUrl, current, spliceGenerated(current, parts));
}

/** The same for a file that is generated as a whole. */
export async function keepFile(url: URL, wanted: string): Promise<void> {
  const current = await readFile(url, 'utf8').catch(() => null);
  await keep(url, current, wanted);
}

async function keep(url: URL, current: string | null, wanted: string): Promise<void> {
  if (wanted === current) return;
  if (!process.argv.includes('--check')) {
    await writeFile(url, wanted);
    return;
  }
  console.error(`${url.pathname} is stale; run npm run spec`);
  process.exitCode = 1;
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

/** A table of codes and what they mean. */
export function describeCodes(title: string, codes: Readonly<Record<string, string>>): string {
  return table(
    [title, 'meaning'],
    Object.entries(codes).map(([code, meaning]) => [code, meaning]),
  );
}

/** A table with its columns in line, as the formatter of this repository leaves it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
