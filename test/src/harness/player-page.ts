import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';

const dashboard = fileURLToPath(new URL('../../../dashboard', import.meta.url));

/** The player of the dashboard alone on a page: built as the dashboard is, from its own sources. */
export class PlayerPage {
  readonly #files: ReadonlyMap<string, string>;
  readonly #html: string;

  private constructor(files: ReadonlyMap<string, string>) {
    this.#files = files;
    const tags = [...files.keys()].map((name) => {
      if (name.endsWith('.css')) return `<link rel="stylesheet" href="/${name}">`;
      return name.includes('player-page') ? `<script type="module" src="/${name}"></script>` : '';
    });
    this.#html = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><link rel="icon" href="/docket.svg">${tags.join('')}</head><body><div id="app"></div></body></html>`;
  }

  static async build(): Promise<PlayerPage> {
    const built = await build({
      root: dashboard,
      configFile: `${dashboard}/vite.config.ts`,
      logLevel: 'error',
      build: { write: false, rollupOptions: { input: `${dashboard}/src/live/testing/player-page.ts` } },
    });
    const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []));
    const files = outputs.map((one): [string, string] => [
      one.fileName,
      one.type === 'chunk' ? one.code : String(one.source),
    ]);
    return new PlayerPage(new Map(files));
  }

  /** Opens it under the gateway's own address, with the headers the gateway gives its pages. */
  async open(page: Page, gatewayUrl: string, recorderId: string): Promise<void> {
    await page.route(`${gatewayUrl}/player?**`, async (route) =>
      route.fulfill({ response: await route.fetch(), body: this.#html }),
    );
    await page.route(`${gatewayUrl}/assets/**`, async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      const contentType = name.endsWith('.css') ? 'text/css' : 'text/javascript';
      await route.fulfill({ contentType, body: this.#files.get(name) ?? '' });
    });
    await page.goto(`${gatewayUrl}/player?recorder=${encodeURIComponent(recorderId)}`);
  }
}
