import type { TrueActivity, TrueClip, TrueYear } from './true-year.ts';

/**
 * Which activities each clip truly shows: those of its wearer that went on while it was recorded, and the one whose code
 * was held before the camera, even where that file ended a moment before it began.
 */
export function trueLinks(year: TrueYear): Map<string, TrueActivity[]> {
  const links = new Map<string, TrueActivity[]>();
  const ofOfficer = new Map<number, TrueActivity[]>();
  for (const activity of year.activities) {
    for (const officer of activity.officers) {
      const own = ofOfficer.get(officer);
      if (own === undefined) ofOfficer.set(officer, [activity]);
      else own.push(activity);
    }
  }
  for (const clip of year.clips) {
    const own = activitiesAbout(ofOfficer.get(clip.wearer) ?? [], clip);
    links.set(
      clip.clipId,
      own.filter(
        (activity) =>
          (activity.startMs < clip.endMs && clip.startMs < activity.endMs) ||
          activity.activityId === `year/activity-${clip.codeOf}`,
      ),
    );
  }
  return links;
}

/** Activities lie in the order of time, so those about a clip are found by halving. */
function activitiesAbout(own: readonly TrueActivity[], clip: TrueClip): TrueActivity[] {
  let [low, high] = [0, own.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((own[middle]?.endMs ?? 0) < clip.startMs) low = middle + 1;
    else high = middle;
  }
  return own.slice(Math.max(0, low - 1), low + 3);
}
