import { AjvCompiler, type BuildCompilerFromPool } from '@fastify/ajv-compiler';

const build = AjvCompiler();

/**
 * Checks what comes in. Query, path and headers are text, and become what their schemas say; a body is JSON and already is
 * what it is: there a `null` stays `null`, and is not taken for an empty text or a nought.
 */
export const buildValidator: BuildCompilerFromPool = (externalSchemas, options) => {
  const reading = build(externalSchemas, options);
  const customOptions = { ...options?.customOptions, coerceTypes: false };
  const body = build(externalSchemas, { ...options, customOptions } as typeof options);
  // What is given is a route and not a schema, whatever the types say: fastify's own compiler reads the same field.
  return (route) => ((route as { httpPart?: unknown }).httpPart === 'body' ? body(route) : reading(route));
};
