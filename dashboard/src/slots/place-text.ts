/** A place for people: nothing where it is no more than the name of its slot. */
export function placeText(place: string): string {
  return place.startsWith('name ') ? '' : place;
}
