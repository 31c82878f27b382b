export { createMtpDriver, type MtpDriverOptions } from './mtp-driver.ts';
export { MtpRecorder } from './mtp-recorder.ts';
