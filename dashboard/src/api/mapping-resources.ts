import type {
  ClipLinks,
  CodeSheet,
  CodeSheetQuery,
  LinkRequest,
  MappingActRequest,
  Officer,
  QueuePage,
  QueueQuery,
} from '@docket/gateway/contract';
import { apiUrl, request } from './request.ts';

const segment = encodeURIComponent;

export function readQueue(query: QueueQuery, signal?: AbortSignal): Promise<QueuePage> {
  return request(apiUrl('/mapping/queue', query), signal ? { signal } : {});
}

export function readClipLinks(clipId: string, signal?: AbortSignal): Promise<ClipLinks> {
  return request(apiUrl(`/clips/${segment(clipId)}/links`), signal ? { signal } : {});
}

export function linkClips(body: LinkRequest): Promise<void> {
  return request(apiUrl('/mapping/link'), { method: 'POST', body });
}

export function setClipsAside(body: MappingActRequest): Promise<void> {
  return request(apiUrl('/mapping/set-aside'), { method: 'POST', body });
}

export function reopenClips(body: MappingActRequest): Promise<void> {
  return request(apiUrl('/mapping/reopen'), { method: 'POST', body });
}

export function readCodes(query: CodeSheetQuery, signal?: AbortSignal): Promise<CodeSheet> {
  return request(apiUrl('/codes', query), signal ? { signal } : {});
}

export function codePictureUrl(kind: 'activity' | 'case', id: string): string {
  return apiUrl(`/codes/${kind}/${segment(id)}`);
}

/** Officers to filter by: the first two hundred, by id. */
export async function readOfficerChoices(): Promise<Officer[]> {
  return (await request<{ officers: Officer[] }>(apiUrl('/officers', { limit: 200 }))).officers;
}
