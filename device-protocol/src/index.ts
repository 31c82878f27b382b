export * from './attachment.ts';
export * from './errors.ts';
export { type DecodedName, decodeName } from './names/decode-name.ts';
export * from './recorder.ts';
