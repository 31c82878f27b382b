/** The API contract: schemas and types only, safe for a browser. Served as OpenAPI by the gateway. */
export * from './archive.ts';
export * from './calibration.ts';
export * from './case.ts';
export * from './case-coverage.ts';
export * from './case-list.ts';
export * from './clip.ts';
export * from './clip-time.ts';
export * from './clock.ts';
export * from './coverage.ts';
export * from './coverage-exception.ts';
export * from './custody.ts';
export * from './deadline.ts';
export * from './disclosure.ts';
export * from './docking.ts';
export * from './duty-list.ts';
export * from './events.ts';
export * from './firmware.ts';
export * from './health.ts';
export * from './inbound.ts';
export * from './live.ts';
export * from './live-play.ts';
export * from './live-reason.ts';
export * from './mapping.ts';
export * from './operation.ts';
export * from './problem.ts';
export * from './reconciliation.ts';
export * from './recorder.ts';
export * from './retention.ts';
export * from './review.ts';
export * from './session.ts';
export * from './statistics.ts';
export * from './terms.ts';

/** Base path of every resource. */
export const apiBase = '/api/v1';
