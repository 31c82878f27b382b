import type { CaseReview, Deadline, RecordFinding } from '@docket/gateway/contract';
import { apiUrl, request, requestAnswer } from './request.ts';

const casePath = (caseId: string) => `/cases/${encodeURIComponent(caseId)}`;

interface Acting {
  person?: string;
}

export function readReview(caseId: string, signal?: AbortSignal): Promise<CaseReview> {
  return request(apiUrl(`${casePath(caseId)}/review`), signal ? { signal } : {});
}

/** Has a packet made of the case as it stands; resolves with the SHA-256 that names it. */
export async function makePacket(caseId: string, { person }: Acting): Promise<string> {
  const answer = await requestAnswer(apiUrl(`${casePath(caseId)}/review-packet`, { person }));
  await answer.body?.cancel();
  return answer.headers.get('docket-packet-sha256') ?? '';
}

export function packetUrl(
  caseId: string,
  form: 'html' | 'pdf',
  sha256: string,
  lang: 'zh-CN' | 'en',
): string {
  return apiUrl(`${casePath(caseId)}/review-packet.${form}`, { sha256, lang });
}

export function submitForReview(
  caseId: string,
  body: Acting & { packetSha256: string; reason: string },
): Promise<CaseReview> {
  return request(apiUrl(`${casePath(caseId)}/review/submission`), { method: 'POST', body });
}

export function recordFinding(caseId: string, body: RecordFinding): Promise<CaseReview> {
  return request(apiUrl(`${casePath(caseId)}/review/finding`), { method: 'POST', body });
}

export function markPublishable(caseId: string, body: Acting & { reason: string }): Promise<unknown> {
  return request(apiUrl(`${casePath(caseId)}/publishable`), { method: 'POST', body });
}

export async function readCaseDeadlines(caseId: string, signal?: AbortSignal): Promise<Deadline[]> {
  const url = apiUrl(`${casePath(caseId)}/deadlines`);
  return (await request<{ deadlines: Deadline[] }>(url, signal ? { signal } : {})).deadlines;
}
