import type {
  Archive,
  ArchiveProbeAnswer,
  ArchiveQueuePage,
  ArchiveQueueQuery,
  ArchiveRetried,
  ArchiveTarget,
} from '@docket/gateway/contract';
import { apiUrl, request } from './request.ts';

interface Acting {
  person?: string;
  reason: string;
}

const send = <Answer>(path: string, body: unknown) => request<Answer>(apiUrl(path), { method: 'POST', body });
const target = (name: string, act: string) => `/archive/targets/${encodeURIComponent(name)}/${act}`;

export const readArchive = (signal?: AbortSignal) =>
  request<Archive>(apiUrl('/archive'), signal === undefined ? {} : { signal });
export const readArchiveQueue = (
  query: ArchiveQueueQuery & { cursor?: string; limit?: number },
  signal?: AbortSignal,
) =>
  request<ArchiveQueuePage>(apiUrl('/archive/queue', { ...query }), signal === undefined ? {} : { signal });

export const pauseTarget = (name: string, body: Acting) => send<ArchiveTarget>(target(name, 'pause'), body);
export const resumeTarget = (name: string, body: Acting) => send<ArchiveTarget>(target(name, 'resume'), body);
export const retryTarget = (name: string, body: Acting) =>
  send<ArchiveRetried>(target(name, 'retry-all'), body);
export const probeTarget = (name: string, body: { person?: string }) =>
  send<ArchiveProbeAnswer>(target(name, 'probe'), body);
export const retryClip = (name: string, clipId: string, body: Acting) =>
  send<ArchiveRetried>(
    `/archive/queue/${encodeURIComponent(name)}/${encodeURIComponent(clipId)}/retry`,
    body,
  );

/** Where the signed note of a clip is downloaded. */
export const receiptUrl = (clipId: string, name: string) =>
  apiUrl(`/clips/${encodeURIComponent(clipId)}/receipts/${encodeURIComponent(name)}`);
