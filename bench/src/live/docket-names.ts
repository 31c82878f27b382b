export const viewerName = 'centre';
export const password = 'bench';
export const nameOf = (index: number) => `BENCH-${String(index + 1).padStart(3, '0')}`;
