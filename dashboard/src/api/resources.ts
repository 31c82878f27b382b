import type {
  Calibration,
  Clip,
  ClipPage,
  ClipQuery,
  ClockHistory,
  CustodyPage,
  Docking,
  DockingPage,
  Health,
  IdentityRequest,
  IdentityWritten,
  IssueRequest,
  Recorder,
  RecorderFile,
  RecorderQuery,
  RecorderState,
  Session,
  Slot,
  StatisticsAnswer,
  StatisticsMeasures,
  StatisticsQuery,
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
  recorderId?: string | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
}

export function readDockings(query: DockingQuery): Promise<DockingPage> {
  return request(apiUrl('/dockings', { ...query }));
}

export function readDocking(dockingId: string): Promise<Docking> {
  return request(apiUrl(`/dockings/${segment(dockingId)}`));
}

export function readClockHistory(recorderId: string): Promise<ClockHistory> {
  return request(apiUrl(`/recorders/${segment(recorderId)}/clock`));
}

export async function readRecorders(query: RecorderQuery = {}): Promise<Recorder[]> {
  return (await request<{ recorders: Recorder[] }>(apiUrl('/recorders', query))).recorders;
}

const recorderPath = (recorderId: string) => `/recorders/${segment(recorderId)}`;

export function readRecorder(recorderId: string): Promise<RecorderFile> {
  return request(apiUrl(recorderPath(recorderId)));
}

export function issueRecorder(recorderId: string, body: IssueRequest): Promise<RecorderFile> {
  return request(apiUrl(`${recorderPath(recorderId)}/issue`), { method: 'POST', body });
}

export function returnRecorder(recorderId: string, reason: string): Promise<RecorderFile> {
  return request(apiUrl(`${recorderPath(recorderId)}/return`), { method: 'POST', body: { reason } });
}

export function changeRecorderState(
  recorderId: string,
  state: RecorderState,
  reason: string,
): Promise<RecorderFile> {
  return request(apiUrl(`${recorderPath(recorderId)}/state`), { method: 'POST', body: { state, reason } });
}

export function writeIdentity(slot: string, body: IdentityRequest): Promise<IdentityWritten> {
  return request(apiUrl(`/slots/${segment(slot)}/identity`), { method: 'POST', body });
}

export function readCalibration(signal?: AbortSignal): Promise<Calibration> {
  return request(apiUrl('/calibration'), signal ? { signal } : {});
}

export function startCalibration(): Promise<Calibration> {
  return request(apiUrl('/calibration'), { method: 'POST' });
}

export function stopCalibration(): Promise<Calibration> {
  return request(apiUrl('/calibration'), { method: 'DELETE' });
}

export function assignLabel(slot: string, label: string): Promise<void> {
  return request(apiUrl('/places'), { method: 'POST', body: { slot, label } });
}

export function renamePlace(placeId: string, label: string): Promise<void> {
  return request(apiUrl(`/places/${segment(placeId)}`), { method: 'PUT', body: { label } });
}

export function forgetPlace(placeId: string): Promise<void> {
  return request(apiUrl(`/places/${segment(placeId)}`), { method: 'DELETE' });
}

export function readMeasures(): Promise<StatisticsMeasures> {
  return request(apiUrl('/statistics/measures'));
}

export function readStatistics(query: StatisticsQuery): Promise<StatisticsAnswer> {
  return request(statisticsUrl('/statistics', query));
}

export function statisticsFileUrl(kind: 'csv' | 'xlsx', query: StatisticsQuery): string {
  return statisticsUrl(`/statistics.${kind}`, query);
}

/** The contract takes `by` up to twice; the pages ask by one grouping. */
function statisticsUrl(path: string, { by, ...query }: StatisticsQuery): string {
  return apiUrl(path, { ...query, by: by?.[0] });
}
