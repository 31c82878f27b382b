import type {
  Activity,
  BookmarkRequest,
  LiveAlarm,
  LiveAlarmPage,
  LiveSessionFile,
  LiveSessionPage,
  LiveSessionQuery,
  LiveSourcePage,
  LiveSourceRequest,
  LiveSourceSet,
  LiveStreamNow,
  OperationFile,
  OperationPage,
  OperationQuery,
  OperationRelateRequest,
  OperationRequest,
  RecorderFile,
  RecorderRegistration,
} from '@docket/gateway/contract';
import { apiUrl, type QueryValue, request } from './request.ts';

interface Acting {
  person?: string;
}

const segment = encodeURIComponent;
const read = <Answer>(path: string, query: Record<string, QueryValue> = {}, signal?: AbortSignal) =>
  request<Answer>(apiUrl(path, query), signal ? { signal } : {});
const send = <Answer>(path: string, body: unknown, method: 'POST' | 'PUT' = 'POST') =>
  request<Answer>(apiUrl(path), { method, body });
const ofOperation = (operationId: string, act = '') => `/operations/${segment(operationId)}${act}`;

export const readStreams = async (signal?: AbortSignal) =>
  (await read<{ streams: LiveStreamNow[] }>('/live/streams', {}, signal)).streams;
export const readSources = (signal?: AbortSignal) => read<LiveSourcePage>('/live/sources', {}, signal);
export const setSource = (recorderId: string, body: LiveSourceRequest) =>
  send<LiveSourceSet>(`/live/sources/${segment(recorderId)}`, body, 'PUT');
export const removeSource = (recorderId: string, ground: Acting & { reason: string }) =>
  request<void>(apiUrl(`/live/sources/${segment(recorderId)}`, { ...ground }), { method: 'DELETE' });
export const registerRecorder = (body: RecorderRegistration) => send<RecorderFile>('/recorders', body);

export const readSessions = (
  query: LiveSessionQuery & { cursor?: string; limit?: number },
  signal?: AbortSignal,
) => read<LiveSessionPage>('/live/sessions', { ...query }, signal);
export const readSession = (sessionId: string, signal?: AbortSignal) =>
  read<LiveSessionFile>(`/live/sessions/${segment(sessionId)}`, {}, signal);
/** Only what belongs to the operation. */
export const readSessionOfOperation = (sessionId: string, operationId: string, signal?: AbortSignal) =>
  read<LiveSessionFile>(`/live/sessions/${segment(sessionId)}`, { operationId }, signal);

export const readOpenAlarms = async (signal?: AbortSignal) =>
  (await read<LiveAlarmPage>('/live/alarms', { open: true, limit: 50 }, signal)).alarms;
export const markAlarmSeen = (alarmId: string, body: Acting) =>
  send<LiveAlarm>(`/live/alarms/${segment(alarmId)}/seen`, body);

export const readOperations = (
  query: OperationQuery & { cursor?: string; limit?: number },
  signal?: AbortSignal,
) => read<OperationPage>('/operations', { ...query }, signal);
export const readOperation = (operationId: string, signal?: AbortSignal) =>
  read<OperationFile>(ofOperation(operationId), {}, signal);
export const readOperationsOfCase = async (caseId: string, signal?: AbortSignal) =>
  (await read<{ operations: OperationFile[] }>(`/cases/${segment(caseId)}/operations`, {}, signal))
    .operations;
export const openOperation = (body: OperationRequest) => send<OperationFile>('/operations', body);
export const relateOperation = (operationId: string, body: OperationRelateRequest) =>
  send<OperationFile>(ofOperation(operationId, '/relate'), body);
export const joinOperation = (operationId: string, body: Acting & { recorderId: string }) =>
  send<OperationFile>(ofOperation(operationId, '/join'), body);
export const leaveOperation = (operationId: string, body: Acting & { recorderId: string }) =>
  send<OperationFile>(ofOperation(operationId, '/leave'), body);
export const closeOperation = (operationId: string, body: Acting) =>
  send<OperationFile>(ofOperation(operationId, '/close'), body);
export const makeBookmark = (operationId: string, body: BookmarkRequest) =>
  send<OperationFile>(ofOperation(operationId, '/bookmarks'), body);
export const strikeBookmark = (operationId: string, bookmarkId: string, body: Acting & { reason: string }) =>
  send<OperationFile>(ofOperation(operationId, `/bookmarks/${segment(bookmarkId)}/strike`), body);

export const readActivitiesOfCase = async (caseId: string) =>
  (await read<{ activities: Activity[] }>(`/cases/${segment(caseId)}/activities`)).activities;
