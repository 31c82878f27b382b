import { Type } from '@docket/device-protocol/schema';
import swagger from '@fastify/swagger';
import { apiBase } from '../../contract/index.ts';
import type { HttpApp } from '../app.ts';

/** Describes every route registered after this one. */
export async function addOpenApi(app: HttpApp, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Docket',
        version,
        description: 'The gateway of a docking station for body-worn recorders.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'docket_session' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    // A route without a token in OpenAPI says so with an empty requirement.
    transform: ({ schema, url, route }) => {
      const isOpen = route.config?.scope === 'public' || route.config?.scope === 'page';
      return { url, schema: isOpen ? { ...schema, security: [] } : schema };
    },
  });
  app.get(
    `${apiBase}/openapi.json`,
    { config: { scope: 'public' }, schema: { hide: true, response: { 200: Type.Unsafe<object>({}) } } },
    () => app.swagger(),
  );
}
