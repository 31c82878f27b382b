import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from '../problem.ts';
import { footagePolicy } from '../security-headers.ts';
import { readRange } from './byte-range.ts';
import { type MediaType, sniffBytes, sniffMediaType } from './content-type.ts';

export interface FileToSend {
  path: string;
  /** Strong validator of the bytes, without quotes. */
  etag: string;
  /** `Content-Disposition`, once the type of the bytes is known. */
  disposition(type: MediaType): string;
}

/** Answers with a file, whole or in part (RFC 9110 §13, §14). The file is opened once, and only for reading. */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: FileToSend,
): Promise<FastifyReply> {
  const handle = await openRegular(file.path);
  let isHandedOver = false;
  try {
    const { size } = await handle.stat();
    const type = sniffMediaType(await readHead(handle));
    const etag = `"${file.etag}"`;
    reply
      .header('etag', etag)
      .header('accept-ranges', 'bytes')
      .header('cache-control', 'private, no-cache')
      .header('content-security-policy', footagePolicy)
      .header('content-disposition', file.disposition(type))
      .type(type.contentType);
    if (namesEtag(request.headers['if-none-match'], etag)) return await reply.code(304).send();
    const range = rangeOf(request, etag, size);
    if (range.kind === 'unsatisfiable') {
      reply.header('content-range', `bytes */${size}`);
      throw new HttpProblem('range-not-satisfiable');
    }
    const { first, last } = range.kind === 'part' ? range : { first: 0, last: size - 1 };
    if (range.kind === 'part') reply.code(206).header('content-range', `bytes ${first}-${last}/${size}`);
    reply.header('content-length', String(last - first + 1));
    if (request.method === 'HEAD' || size === 0) return await reply.send();
    isHandedOver = true;
    return await reply.send(handle.createReadStream({ start: first, end: last }));
  } finally {
    if (!isHandedOver) await handle.close();
  }
}

async function openRegular(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => null,
  );
  if (handle === null) throw new HttpProblem('media-not-stored');
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new HttpProblem('media-not-stored');
}

async function readHead(handle: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(sniffBytes), 0, sniffBytes, 0);
  return buffer.subarray(0, bytesRead);
}

function rangeOf(request: FastifyRequest, etag: string, size: number) {
  const condition = request.headers['if-range'];
  const isCurrent = condition === undefined || condition === etag;
  return readRange(isCurrent ? request.headers.range : undefined, size);
}

/** Weak comparison, RFC 9110 §13.1.2. */
function namesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((entry) => ['*', etag].includes(entry.trim().replace(/^W\//u, '')));
}
