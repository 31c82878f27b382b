const widestPixels = 960;

/** Arguments for ffmpeg to read one coded picture from its input and write it to its output as JPEG. */
export function snapshotArguments(format: 'h264' | 'hevc'): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-v', 'error', '-max_alloc', String(256 * 1024 * 1024)],
    ...['-protocol_whitelist', 'pipe', '-max_pixels', '100000000', '-threads', '1'],
    ...['-f', format, '-i', 'pipe:0', '-an', '-frames:v', '1', '-map_metadata', '-1'],
    ...['-vf', `scale=w='min(${widestPixels},iw)':h=-2:flags=bilinear`, '-pix_fmt', 'yuvj420p'],
    ...['-threads', '1', '-q:v', '5', '-f', 'mjpeg', 'pipe:1'],
  ];
}
