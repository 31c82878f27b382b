/** What every driver must do, as checks that run anywhere: in tests, and against a device in a workshop. */
export {
  type CheckName,
  type CheckResult,
  contractChecks,
  type RunOptions,
  runContract,
} from './run-checks.ts';
export type { LeftOutReason, RecorderOnTrial } from './trial.ts';
