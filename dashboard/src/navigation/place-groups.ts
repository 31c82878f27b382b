/** Pages a person goes to, in groups; each is the name of a route and of its words in the messages. */
export const placeGroups = {
  dock: ['slots', 'clips', 'dockings', 'recorders', 'archive'],
  site: ['operations', 'live'],
  casework: ['cases', 'queue', 'exceptions', 'dutyLists', 'codes'],
  oversight: ['statistics', 'retention', 'disclosure'],
} as const;

export type PlaceGroup = keyof typeof placeGroups;
export type Place = (typeof placeGroups)[PlaceGroup][number];

export interface KnownPlace {
  place: Place;
  path: string;
}

/** The place that a path lies on or under: the most exact of those that fit. */
export function placeOfPath(places: readonly KnownPlace[], path: string): Place | null {
  const fitting = places.filter(
    (known) => path === known.path || path.startsWith(`${known.path.replace(/\/$/u, '')}/`),
  );
  const exact = fitting.filter((known) => known.path !== '/' || path === '/');
  return exact.sort((one, other) => other.path.length - one.path.length)[0]?.place ?? null;
}
