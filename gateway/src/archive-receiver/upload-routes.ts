import { ERRORS, Metadata, Server } from '@tus/server';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clipIdPattern } from './deposit-claim.ts';
import { uploadIdOf } from './deposits.ts';
import { dockOf } from './dock-door.ts';
import { ReceiverProblem } from './receiver-problem.ts';
import type { DockSettings, ReceiverSettings } from './receiver-settings.ts';
import type { PieceChecksum, UploadClaim, UploadRequest, UploadStore } from './upload-store.ts';

const path = '/v1/uploads';
const clipId = new RegExp(clipIdPattern, 'u');
const digestBytes = 32;

/** tus 1.0: core, creation, checksum, termination, and a list of what is under way. */
export async function uploadRoutes(
  app: FastifyInstance,
  {
    uploads,
    limits,
    log,
  }: { uploads: UploadStore; limits: ReceiverSettings['limits']; log: FastifyBaseLogger },
): Promise<void> {
  const tus = new Server({
    path,
    datastore: uploads,
    maxSize: limits.uploadBytes,
    relativeLocation: true,
    // Docks are no browsers.
    allowedOrigins: () => false,
    namingFunction: () => {
      const claim = uploads.request.getStore()?.claim;
      if (claim === null || claim === undefined) throw ERRORS.INVALID_METADATA;
      return claim.id;
    },
    onResponseError: (_request, error) => {
      if (error instanceof Error) log.error({ err: error }, 'upload failed');
      return undefined;
    },
  });
  // The bodies are tus's to read.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));

  const hand = async (request: FastifyRequest, reply: FastifyReply, claim: UploadClaim | null) => {
    const context: UploadRequest = { claim, checksum: checksumOf(request) };
    reply.hijack();
    reply.raw.setHeader('Tus-Checksum-Algorithm', 'blake3,sha256');
    await uploads.request.run(context, () => tus.handle(request.raw, reply.raw));
  };

  app.route({
    method: 'OPTIONS',
    url: path,
    handler: (request, reply) => hand(request, reply, null),
  });
  app.get(path, async (request) => ({
    uploads: (await uploads.ofDock(dockOf(request).name)).map(({ id, ...upload }) => ({
      location: `${path}/${id}`,
      ...upload,
    })),
  }));
  app.post(path, async (request, reply) => {
    const dock = dockOf(request);
    const claim = claimOf(request, dock);
    const underWay = await uploads.ofDock(dock.name);
    if (underWay.length >= limits.uploadsOfDock && !underWay.some(({ id }) => id === claim.id)) {
      throw new ReceiverProblem('too-many-uploads');
    }
    await hand(request, reply, claim);
  });
  app.route<{ Params: { id: string } }>({
    method: ['HEAD', 'PATCH', 'DELETE'],
    url: `${path}/:id`,
    handler: async (request, reply) => {
      if ((await uploads.dockOf(request.params.id)) !== dockOf(request).name)
        throw new ReceiverProblem('not-found');
      await hand(request, reply, null);
    },
  });
}

/** What an upload is for: its clip, and the digest the whole will have (RFC 9530). */
function claimOf(request: FastifyRequest, dock: DockSettings): UploadClaim {
  const { 'upload-metadata': metadata, 'repr-digest': digest, 'upload-length': length } = request.headers;
  const clip = clipOf(String(metadata ?? ''));
  const sha256 = /(?:^|,\s*)sha-256=:([A-Za-z0-9+/]{43}=):/u.exec(String(digest ?? ''))?.[1];
  if (clip === null) throw new ReceiverProblem('request-invalid', 'Upload-Metadata must name the clip');
  if (sha256 === undefined) throw new ReceiverProblem('request-invalid', 'Repr-Digest must tell the sha-256');
  if (!/^(?:0|[1-9]\d{0,15})$/u.test(String(length))) {
    throw new ReceiverProblem('request-invalid', 'Upload-Length must tell the length');
  }
  const contentSha256 = Buffer.from(sha256, 'base64').toString('hex');
  const id = uploadIdOf(dock.name, clip, contentSha256, Number(length));
  return { id, dock: dock.name, clipId: clip, contentSha256 };
}

function clipOf(metadata: string): string | null {
  if (metadata.length > 4096) return null;
  try {
    const { clip } = Metadata.parse(metadata);
    return clip !== null && clip !== undefined && clipId.test(clip) ? clip : null;
  } catch {
    return null;
  }
}

/** `Upload-Checksum: <algorithm> <Base64>` (tus 1.0, Checksum). */
function checksumOf(request: FastifyRequest): PieceChecksum | null {
  const header = request.headers['upload-checksum'];
  if (header === undefined) return null;
  const [algorithm, base64 = ''] = String(header).split(' ');
  const digest = Buffer.from(base64, 'base64');
  if ((algorithm !== 'sha256' && algorithm !== 'blake3') || digest.length !== digestBytes) {
    throw new ReceiverProblem('request-invalid', 'Upload-Checksum must be of sha256 or blake3');
  }
  return { algorithm, digest: digest.toString('hex') };
}
