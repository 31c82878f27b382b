/**
 * How many inputs a decoder is tried with: `usual` in tests, as many as DOCKET_FUZZ_RUNS says under `npm run fuzz`, and
 * of those one in `cost` where each takes so much longer than a pure decoder.
 */
export function fuzzRuns(usual: number, cost = 1): number {
  const asked = Number(process.env.DOCKET_FUZZ_RUNS ?? Number.NaN);
  return Number.isSafeInteger(asked) && asked > 0 ? Math.ceil(asked / cost) : usual;
}
