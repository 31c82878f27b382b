import type {
  Clip,
  ClipPage,
  ClipQuery,
  CustodyPage,
  Docking,
  DockingPage,
  Health,
  Recorder,
  Session,
  Slot,
} from '@docket/gateway/contract';
import { apiUrl, request } from './request.ts';

const segment = encodeURIComponent;

export const eventsUrl = apiUrl('/events');

export async function readSlots(signal?: AbortSignal): Promise<Slot[]> {
  return (await request<{ slots: Slot[] }>(apiUrl('/slots'), signal ? { signal } : {})).slots;
}

export function readHealth(signal?: AbortSignal): Promise<Health> {
  return request(apiUrl('/health'), signal ? { signal } : {});
}

export function readSession(): Promise<Session> {
  return request(apiUrl('/session'));
}

export function openSession(token: string): Promise<Session> {
  return request(apiUrl('/session'), { method: 'POST', body: { token } });
}

export function closeSession(): Promise<void> {
  return request(apiUrl('/session'), { method: 'DELETE' });
}

export function readClips(query: ClipQuery, signal?: AbortSignal): Promise<ClipPage> {
  return request(apiUrl('/clips', query), signal ? { signal } : {});
}

export function readClip(clipId: string): Promise<Clip> {
  return request(apiUrl(`/clips/${segment(clipId)}`));
}

export function readCustody(clipId: string, cursor?: string): Promise<CustodyPage> {
  return request(apiUrl(`/clips/${segment(clipId)}/custody`, { cursor }));
}

export function mediaUrl(clipId: string): string {
  return apiUrl(`/clips/${segment(clipId)}/media`);
}

export function downloadUrl(clipId: string): string {
  return apiUrl(`/clips/${segment(clipId)}/media`, { download: 1 });
}

export function thumbnailUrl(clipId: string): string {
  return apiUrl(`/clips/${segment(clipId)}/thumbnail`);
}

export interface DockingQuery {
  slot?: string | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
}

export function readDockings(query: DockingQuery): Promise<DockingPage> {
  return request(apiUrl('/dockings', { ...query }));
}

export function readDocking(dockingId: string): Promise<Docking> {
  return request(apiUrl(`/dockings/${segment(dockingId)}`));
}

export async function readRecorders(): Promise<Recorder[]> {
  return (await request<{ recorders: Recorder[] }>(apiUrl('/recorders'))).recorders;
}
