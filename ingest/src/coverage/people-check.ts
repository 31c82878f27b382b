import type { ActivityFacts, CaseFacts, OfficerFacts } from '../cases/case-record.ts';
import type { CaseCategory, CertificateIssuer } from '../cases/case-terms.ts';
import type { PersonConcern, PersonConcernCode } from './judgement.ts';

export interface PeopleEvidence {
  activity: Pick<ActivityFacts, 'officerIds' | 'area'>;
  category: CaseFacts['category'];
  /** Day of the activity, `yyyy-mm-dd`. */
  day: string;
  /** By id; one that is not here was never told, or taken back. */
  officers: ReadonlyMap<string, OfficerFacts>;
  /** Issuers that count with the department; empty: any. */
  acceptedIssuers: readonly CertificateIssuer[];
  /** Who wore the recorders that recorded it, where that is known. */
  recordedBy: readonly string[];
}

/** 行政处罚法 §42: 执法人员不得少于两人; other laws may allow one, so which categories want two is a setting. */
export const defaultTwoOfficerCategories: readonly CaseCategory[] = ['penalty', 'inspection'];

/**
 * Whether those who acted were entitled to, by their certificates on the day. Warnings for whoever reviews the case;
 * nothing is refused for them. What a list does not tell (no area, no categories, no last day) is not held against
 * anybody. Pure.
 */
export function checkPeople(
  evidence: PeopleEvidence,
  twoOfficerCategories: readonly CaseCategory[] = defaultTwoOfficerCategories,
): PersonConcern[] {
  const officerIds = [...new Set(evidence.activity.officerIds)];
  if (officerIds.length === 0) return [{ code: 'officers-not-named', officerId: null }];
  const concerns: PersonConcern[] = [];
  const certified = new Set<string>();
  for (const officerId of officerIds) {
    const officer = evidence.officers.get(officerId);
    const codes =
      officer === undefined ? (['officer-unknown'] as const) : certificateConcerns(officer, evidence);
    concerns.push(...codes.map((code) => ({ code, officerId })));
    if (officer !== undefined && codes.length === 0) certified.add(officer.certificateNumber ?? officerId);
  }
  if (twoOfficerCategories.includes(evidence.category) && certified.size < 2) {
    concerns.push({ code: 'fewer-than-two-officers', officerId: null });
  }
  for (const officerId of new Set(evidence.recordedBy)) {
    if (!officerIds.includes(officerId)) concerns.push({ code: 'recorded-by-another', officerId });
  }
  return concerns;
}

function certificateConcerns(
  officer: OfficerFacts,
  { activity, category, day, acceptedIssuers }: PeopleEvidence,
): PersonConcernCode[] {
  if (officer.certificateNumber === null) return ['certificate-missing'];
  const { validFrom, validUntil, issuer, categories, area } = officer;
  const codes: PersonConcernCode[] = [];
  if (validUntil !== null && validUntil < day) codes.push('certificate-expired');
  if (validFrom !== null && validFrom > day) codes.push('certificate-not-yet-valid');
  if (issuer !== null && acceptedIssuers.length > 0 && !acceptedIssuers.includes(issuer)) {
    codes.push('issuer-not-accepted');
  }
  if (categories.length > 0 && !categories.includes(category)) codes.push('category-not-certified');
  if (!isInArea(activity.area, area)) codes.push('area-not-certified');
  return codes;
}

/** 执法区域 are named from the large to the small: 临沂市 holds 临沂市兰山区. Several are parted by 、 or a comma. */
function isInArea(place: string | null, certified: string | null): boolean {
  if (place === null || certified === null) return true;
  return certified
    .split(/[、,，;；]/u)
    .some((one) => one.trim() !== '' && plain(place).startsWith(plain(one)));
}

function plain(area: string): string {
  return area.normalize('NFKC').replace(/\s/gu, '');
}
