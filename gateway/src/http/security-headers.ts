import helmet from '@fastify/helmet';
import type { HttpApp } from './app.ts';

/** The page may load its own files and nothing else; nobody may frame it. */
const pagePolicy = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'blob:', 'data:'],
  // Live pictures are put together by the page itself.
  mediaSrc: ["'self'", 'blob:'],
  connectSrc: ["'self'"],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/**
 * Bytes from a recorder, opened by themselves: no script, no form, nothing loaded but the bytes themselves. They keep
 * their origin, which is worth nothing without scripts, because browsers ask for the media of a media page again.
 */
export const footagePolicy =
  "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox allow-same-origin";

export async function addSecurityHeaders(app: HttpApp): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: pagePolicy },
    // Whoever terminates TLS in front decides this; over plain HTTP it means nothing.
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
  });
}
