export { FirmwareCare } from './firmware-care.ts';
export { RollOutIndex } from './roll-out-index.ts';
export { type RollOutView, readRollOutViews } from './roll-out-views.ts';
