/** Where a picture comes in its track: when it is decoded, and how much later it is shown. */
export interface PictureTime {
  decodeTicks: number;
  compositionOffsetTicks: number;
}

/**
 * Decode times of pictures that are told by when they are shown, in the order in which they are decoded. Streams without
 * B pictures are shown as they are decoded. Where they are not, the decode times of a group are its times in order, and each
 * goes on from the one before: never back, whatever a time stamp says. `after` is the last one before the group.
 */
export function pictureTimes(shownTicks: readonly number[], after: number): PictureTime[] {
  const inOrder = [...shownTicks].sort((left, right) => left - right);
  let last = after;
  return shownTicks.map((shown, index) => {
    last = Math.max(inOrder[index] ?? shown, last + 1);
    return { decodeTicks: last, compositionOffsetTicks: shown - last };
  });
}
