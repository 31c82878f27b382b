import type {
  AdoptPresetRequest,
  DutyListComparison,
  DutyListContent,
  DutyListDepartments,
  DutyListPreset,
  DutyListRows,
  DutyListSummary,
  DutyListVersion,
  PublishDutyListRequest,
} from '@docket/gateway/contract';
import { apiUrl, request } from './request.ts';

const listPath = (departmentId: string, rest: string) =>
  `/duty-lists/${encodeURIComponent(departmentId)}/${rest}`;

export function readDutyLists(): Promise<DutyListDepartments> {
  return request(apiUrl('/duty-lists'));
}

export async function readDutyListVersions(departmentId: string): Promise<DutyListSummary[]> {
  const url = apiUrl(listPath(departmentId, 'versions'));
  return (await request<{ versions: DutyListSummary[] }>(url)).versions;
}

export function readDutyList(departmentId: string, version: number): Promise<DutyListVersion> {
  return request(apiUrl(listPath(departmentId, `versions/${version}`)));
}

export function compareDutyLists(
  departmentId: string,
  from: number,
  to: number,
): Promise<DutyListComparison> {
  return request(apiUrl(listPath(departmentId, 'compare'), { from, to }));
}

/** What a list would change that is not published yet. */
export function compareDutyListDraft(
  departmentId: string,
  inForceFrom: string,
  content: DutyListContent,
): Promise<DutyListComparison> {
  const body = { inForceFrom, content };
  return request(apiUrl(listPath(departmentId, 'compare')), { method: 'POST', body });
}

export function publishDutyList(
  departmentId: string,
  body: PublishDutyListRequest,
): Promise<DutyListSummary> {
  return request(apiUrl(listPath(departmentId, 'versions')), { method: 'POST', body });
}

export function adoptDutyListPreset(
  departmentId: string,
  body: AdoptPresetRequest,
): Promise<DutyListSummary> {
  return request(apiUrl(listPath(departmentId, 'adopt-preset')), { method: 'POST', body });
}

export async function readDutyListPresets(): Promise<DutyListPreset[]> {
  return (await request<{ presets: DutyListPreset[] }>(apiUrl('/duty-list-presets'))).presets;
}

export function readDutyListRows(document: string, rows: string[][]): Promise<DutyListRows> {
  return request(apiUrl('/duty-list-rows'), { method: 'POST', body: { document, rows } });
}
