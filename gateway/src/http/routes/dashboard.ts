import { join } from 'node:path';
import staticFiles from '@fastify/static';
import { apiBase } from '../../contract/index.ts';
import type { HttpApp } from '../app.ts';
import { HttpProblem } from '../problem.ts';

/** Files whose name holds a hash of their content, as the dashboard's build makes them. */
const hashedFile = /^\/assets\/[^/]+-[\w-]{8,}\.\w+$/u;

/**
 * Serves the built dashboard. A path that is no file is a view of the page: the page itself is sent, and reads the
 * path. Missing files and API paths stay 404, so that no script is ever answered with a page.
 */
export async function dashboardRoutes(app: HttpApp, directory: string | null): Promise<void> {
  if (directory !== null) {
    await app.register(staticFiles, { root: directory, serve: false, dotfiles: 'deny', index: false });
  }
  app.get('/*', { config: { scope: 'page' }, schema: { hide: true } }, (request, reply) => {
    const path = new URL(request.url, 'http://page').pathname;
    if (directory === null || path === apiBase || path.startsWith('/api/'))
      throw new HttpProblem('not-found');
    const isFile = /\.\w+$/u.test(path);
    if (!isFile)
      return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
    const cacheControl = hashedFile.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
    return reply
      .header('cache-control', cacheControl)
      .sendFile(decodeURIComponent(path).slice(1), join(directory), { cacheControl: false });
  });
}
