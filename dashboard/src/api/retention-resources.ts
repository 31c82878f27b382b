import type {
  ClipRetention,
  DeadlinePage,
  DeadlineQuery,
  DeletionAnswer,
  DeletionPage,
  DeletionRequestRecord,
  ExpiredPage,
  Hold,
  HoldPage,
  HoldRequest,
} from '@docket/gateway/contract';
import { apiUrl, request } from './request.ts';

interface Acting {
  person?: string;
  reason: string;
}

const read = <Answer>(path: string, query: Record<string, string | number | boolean | undefined> = {}) =>
  request<Answer>(apiUrl(path, query));
const send = <Answer>(path: string, body: unknown) => request<Answer>(apiUrl(path), { method: 'POST', body });

export const readDeadlines = (query: DeadlineQuery) => read<DeadlinePage>('/deadlines', { ...query });

export const readClipRetention = (clipId: string) => read<ClipRetention>(`/clips/${clipId}/retention`);
export const readHolds = (cursor?: string) => read<HoldPage>('/holds', { standing: true, cursor });
export const placeHold = (body: HoldRequest) => send<Hold>('/holds', body);
export const liftHold = (holdId: string, body: Acting) => send<Hold>(`/holds/${holdId}/lift`, body);
export const readExpired = (cursor?: string) => read<ExpiredPage>('/retention/expired', { cursor });
export const readDeletions = (cursor?: string) => read<DeletionPage>('/deletions', { cursor });
export const requestDeletion = (clipIds: string[], body: Acting) =>
  send<DeletionAnswer>('/deletions', { clipIds, ...body });
export const decideDeletion = (requestId: string, act: 'approve' | 'refuse', body: Acting) =>
  send<DeletionRequestRecord>(`/deletions/${requestId}/${act}`, body);

export const certificateUrl = (clipId: string, lang: 'zh-CN' | 'en') =>
  apiUrl(`/deletions/${clipId}/certificate.html`, { lang });
