/** Retention classes, holds and deletions. */
export const migration0009 = '';
