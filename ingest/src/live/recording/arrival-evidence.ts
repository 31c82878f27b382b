import type { AccessUnit } from '@docket/device-protocol/live';
import type { ArrivedUnit } from '../capture-time.ts';

/** Of units that arrived within this time the least delayed is kept. */
const evidenceEveryMs = 1000;

/** When the units of a segment arrived: what its time rests on. */
export class ArrivalEvidence {
  readonly #arrivals = new Map<number, ArrivedUnit[]>();
  #lastArrivedMs: number;

  constructor(firstArrivedMs: number) {
    this.#lastArrivedMs = firstArrivedMs;
  }

  get lastArrivedMs(): number {
    return this.#lastArrivedMs;
  }

  /** `lineMs`: where the unit lies on the session’s media time. */
  note({ track, arrival: { atMs } }: AccessUnit, lineMs: number): void {
    this.#lastArrivedMs = atMs;
    const known = this.#arrivals.get(track.index) ?? [];
    this.#arrivals.set(track.index, known);
    const newest = known.at(-1);
    const arrived = { mediaMs: lineMs, arrivedMs: atMs };
    if (newest === undefined || lineMs - newest.mediaMs >= evidenceEveryMs) known.push(arrived);
    else if (atMs - lineMs < newest.arrivedMs - newest.mediaMs) known[known.length - 1] = arrived;
  }

  /** Those of a track up to a time of arrival; one of it at the least. */
  of(trackIndex: number, untilMs: number): readonly ArrivedUnit[] {
    const all = this.#arrivals.get(trackIndex) ?? [];
    const until = all.filter(({ arrivedMs }) => arrivedMs <= untilMs);
    return until.length > 0 ? until : all.slice(0, 1);
  }
}
