import type {
  Case,
  CaseCoverage,
  CasePage,
  CaseQuery,
  CoverageException,
  ExceptionPage,
  ExceptionQuery,
  ExceptionRequest,
  FactsKind,
  Officer,
  ReceivedFacts,
  Unit,
} from '@docket/gateway/contract';
import { apiUrl, request } from './request.ts';

const segment = encodeURIComponent;
const casePath = (caseId: string) => `/cases/${segment(caseId)}`;

export function readCases(query: CaseQuery, signal?: AbortSignal): Promise<CasePage> {
  return request(apiUrl('/cases', query), signal ? { signal } : {});
}

export function readCase(caseId: string, signal?: AbortSignal): Promise<Case> {
  return request(apiUrl(casePath(caseId)), signal ? { signal } : {});
}

export function readCaseCoverage(caseId: string, signal?: AbortSignal): Promise<CaseCoverage> {
  return request(apiUrl(`${casePath(caseId)}/coverage`), signal ? { signal } : {});
}

export async function readUnits(): Promise<Unit[]> {
  return (await request<{ units: Unit[] }>(apiUrl('/units'))).units;
}

export function readOfficer(officerId: string): Promise<Officer> {
  return request(apiUrl(`/officers/${segment(officerId)}`));
}

export async function readFactsHistory(kind: FactsKind, id: string): Promise<ReceivedFacts[]> {
  return (await request<{ history: ReceivedFacts[] }>(apiUrl('/facts-history', { kind, id }))).history;
}

export interface ExceptionListQuery extends ExceptionQuery {
  cursor?: string | undefined;
}

export function readExceptions(query: ExceptionListQuery): Promise<ExceptionPage> {
  return request(apiUrl('/exceptions', { ...query }));
}

export function requestException(body: ExceptionRequest): Promise<CoverageException> {
  return request(apiUrl('/exceptions'), { method: 'POST', body });
}

/** What somebody else says of a request; `withdraw` takes back an approval, or one’s own request. */
export type ExceptionAct = 'approve' | 'refuse' | 'withdraw';

export function decideException(
  exceptionId: string,
  act: ExceptionAct,
  body: { reason: string; person?: string },
): Promise<CoverageException> {
  return request(apiUrl(`/exceptions/${segment(exceptionId)}/${act}`), { method: 'POST', body });
}
