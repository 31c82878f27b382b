export * from './attachment.ts';
export * from './errors.ts';
export * from './recorder.ts';
