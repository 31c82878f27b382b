import { activitySpan, apartMs, type CandidateActivity, mayOverlap, surelyOverlap } from './activity-span.ts';
import type { LinkSuggestion, SuggestionGround } from './decision.ts';
import type { ClipEvidence, MappingPolicy } from './link-evidence.ts';

/** More would not fit on buttons a thumb can hit. */
const mostSuggestions = 6;

const weightOf: Record<SuggestionGround, number> = {
  code: 1_000,
  live: 500,
  overlaps: 200,
  officer: 100,
  'may-overlap': 50,
  near: 10,
  'without-times': 1,
};

/** Where a clip may belong, best first. */
export function suggestLinks(evidence: ClipEvidence, policy: MappingPolicy): LinkSuggestion[] {
  const suggestions = evidence.activities.flatMap((activity) => suggestionOf(activity, evidence, policy));
  for (const { activityId, caseId, isKnown, source } of evidence.namings) {
    if (activityId !== null || caseId === null || !isKnown) continue;
    const ground = source === 'qr' ? 'code' : 'live';
    suggestions.push({ caseId, activityId: null, step: null, grounds: [ground], apartMs: null });
  }
  return suggestions
    .sort(
      (one, other) =>
        weight(other) - weight(one) ||
        (one.apartMs ?? Number.MAX_SAFE_INTEGER) - (other.apartMs ?? Number.MAX_SAFE_INTEGER) ||
        nameOf(one).localeCompare(nameOf(other)),
    )
    .slice(0, mostSuggestions);
}

function suggestionOf(
  activity: CandidateActivity,
  evidence: ClipEvidence,
  { nearMs }: MappingPolicy,
): LinkSuggestion[] {
  const { caseId, activityId, step, officerIds } = activity;
  const grounds: SuggestionGround[] = [];
  for (const { activityId: named, source } of evidence.namings) {
    if (named === activityId) grounds.push(source === 'qr' ? 'code' : 'live');
  }
  const span = activitySpan(activity);
  const clip = evidence.recorded?.span ?? null;
  const distanceMs = span === null || clip === null ? null : Math.round(apartMs(clip, span));
  if (span !== null && clip !== null) {
    const isSure = evidence.recorded?.basis !== 'shown' && surelyOverlap(clip, span);
    if (isSure) grounds.push('overlaps');
    else if (mayOverlap(clip, span)) grounds.push('may-overlap');
    else if ((distanceMs ?? nearMs) < nearMs) grounds.push('near');
  } else if (span === null) grounds.push('without-times');
  const { wearer } = evidence;
  const worn = wearer.state === 'known' ? [wearer.officerId] : wearer.candidateIds;
  const isAnywhereNear = grounds.length > 0;
  if (isAnywhereNear && worn.some((officerId) => officerIds.includes(officerId))) grounds.push('officer');
  return isAnywhereNear
    ? [{ caseId, activityId, step, grounds: [...new Set(grounds)], apartMs: distanceMs }]
    : [];
}

function weight({ grounds }: LinkSuggestion): number {
  return grounds.reduce((total, ground) => total + weightOf[ground], 0);
}

function nameOf({ caseId, activityId }: LinkSuggestion): string {
  return `${caseId} ${activityId ?? ''}`;
}
