import { decodeName } from '@docket/device-protocol';

/** A raw path as text for people, each part decoded by itself. */
export function decodePath(pathBytes: Uint8Array): string {
  const path = Buffer.from(pathBytes);
  const parts: string[] = [];
  let start = 0;
  for (let end = 0; end <= path.length; end += 1) {
    if (end < path.length && path[end] !== 0x2f) continue;
    parts.push(decodeName(path.subarray(start, end)).name);
    start = end + 1;
  }
  return parts.join('/');
}
