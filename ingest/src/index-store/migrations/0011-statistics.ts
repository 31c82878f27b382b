/** Facts that statistics add up, one row a clip and one row a judged activity. */
export const migration0011 = '';
