import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTool } from '../previews/run-tool.ts';

/** Names under which Chromium is installed, the one of most systems first. */
const browserNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const timeoutMs = 60_000;

/** No browser that prints is installed. */
export class BrowserMissing extends Error {
  constructor() {
    super('no Chromium or Chrome was found');
    this.name = 'BrowserMissing';
  }
}

/** The browser that prints: the configured one, else the first on the path; `null` where there is none. */
export async function findBrowser(configured: string | null): Promise<string | null> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  const candidates =
    configured === null
      ? folders.flatMap((folder) => browserNames.map((name) => join(folder, name)))
      : [configured];
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not this one.
    }
  }
  return null;
}

/**
 * Prints a page of ours to PDF with a browser that runs as a process of its own, with an empty profile in a folder that
 * is removed again, without network and without scripts. Throws BrowserMissing, ToolError.
 */
export async function printPdf(
  page: string,
  configured: string | null,
  signal: AbortSignal,
): Promise<Buffer> {
  const browser = await findBrowser(configured);
  if (browser === null) throw new BrowserMissing();
  const folder = await mkdtemp(join(tmpdir(), 'docket-print-'));
  try {
    const [pageFile, pdfFile] = [join(folder, 'packet.html'), join(folder, 'packet.pdf')];
    await writeFile(pageFile, page, { mode: 0o600 });
    await runTool({
      command: browser,
      arguments: [
        '--headless=new',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--disable-extensions',
        '--disable-background-networking',
        '--disable-breakpad',
        '--no-first-run',
        '--no-default-browser-check',
        '--host-resolver-rules=MAP * ~NOTFOUND',
        // Chromium has no sandbox for root; a dock runs the gateway as a user of its own, where it has.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        `--user-data-dir=${join(folder, 'profile')}`,
        `--crash-dumps-dir=${folder}`,
        '--no-pdf-header-footer',
        `--print-to-pdf=${pdfFile}`,
        pathToFileURL(pageFile).href,
      ],
      timeoutMs,
      maxOutputBytes: 1024 * 1024,
      signal,
    });
    return await readFile(pdfFile);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
