/** Legal review, and what is told to the public. */
export const migration0010 = '';
