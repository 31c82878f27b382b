import { Type } from '@docket/device-protocol/schema';
import type { ClipRecord } from '@docket/ingest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Identifier } from '../../contract/index.ts';
import { byteAnswers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { findClip } from '../find-clip.ts';
import { attachment } from '../media/content-disposition.ts';
import { type FileToSend, sendFile } from '../media/send-file.ts';
import { HttpProblem } from '../problem.ts';

const clipParameters = Type.Object({ clipId: Identifier });
const mediaQuery = Type.Object({
  download: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1, description: '1: to be saved under its name rather than shown' }),
  ),
});

const mediaSchema = {
  operationId: 'readMedia',
  summary: 'The stored bytes of a clip, whole or a range of them',
  tags: ['media'],
  params: clipParameters,
  querystring: mediaQuery,
  response: byteAnswers(
    { 200: 'All bytes', 206: 'The bytes of the range', 304: 'Unchanged' },
    'application/octet-stream',
  ),
};

const thumbnailSchema = {
  operationId: 'readThumbnail',
  summary: 'A still picture of a clip',
  tags: ['media'],
  params: clipParameters,
  response: byteAnswers({ 200: 'The picture', 304: 'Unchanged' }, 'image/jpeg'),
};

export function mediaRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  // `HEAD` is a route of its own: the one Fastify derives would read the whole file to throw it away.
  const asHead = { exposeHeadRoute: false, config: { scope: 'media' } } as const;
  for (const method of ['GET', 'HEAD'] as const) {
    const hide = method === 'HEAD';
    app.route({
      ...asHead,
      method,
      url: '/clips/:clipId/media',
      schema: { ...mediaSchema, hide },
      handler: async (request, reply) => {
        const file = await mediaFile(dependencies, request.params.clipId, request.query.download === 1);
        return sendFile(request, reply, file);
      },
    });
    app.route({
      ...asHead,
      method,
      url: '/clips/:clipId/thumbnail',
      schema: { ...thumbnailSchema, hide },
      handler: (request, reply) => sendThumbnail(dependencies, request.params.clipId, request, reply),
    });
  }
}

async function mediaFile(
  { database, mediaPath }: HttpDependencies,
  clipId: string,
  isDownload: boolean,
): Promise<FileToSend> {
  const clip = await findClip(database, clipId);
  if (clip.state === 'deleted') throw new HttpProblem('clip-deleted');
  if (clip.localRemovedAt !== null) throw new HttpProblem('media-in-archive', whereArchived(clip));
  const path = await mediaPath(clip);
  if (path === null || clip.sha256 === null) throw new HttpProblem('media-not-stored');
  return {
    path,
    etag: clip.sha256,
    disposition: ({ extension }) => (isDownload ? attachment(clip.name, extension) : 'inline'),
  };
}

/** Every place an archive signed for, so that it can be asked there. */
function whereArchived({ receipts }: ClipRecord): string {
  return receipts.map(({ target, object }) => `${target}: ${object}`).join('; ');
}

async function sendThumbnail(
  { database, thumbnailPath }: HttpDependencies,
  clipId: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const clip = await findClip(database, clipId);
  if (clip.state === 'deleted') throw new HttpProblem('clip-deleted');
  if (!clip.hasThumbnail) throw new HttpProblem('no-thumbnail');
  const etag = `${clip.sha256 ?? clip.clipId}-thumbnail`;
  return sendFile(request, reply, { path: thumbnailPath(clip.clipId), etag, disposition: () => 'inline' });
}
