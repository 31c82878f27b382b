/** How many times longer than on an idle machine everything may take, by DOCKET_LAB_PATIENCE. */
const factor = Number(process.env.DOCKET_LAB_PATIENCE ?? 1);
if (!(factor >= 1)) throw new Error('DOCKET_LAB_PATIENCE is no number from 1 on');

/** A limit of time that is right on an idle machine, as it is for this one. */
export function patient(limitMs: number): number {
  return limitMs * factor;
}
