const mostAllocatedBytes = 512 * 1024 * 1024;
const widestPixels = 1280;

/**
 * Arguments for ffmpeg to read fragmented MP4 from its input and write H.264 in FLV to its output, picture by picture: no frame
 * is held back by a probe, a reordering, a look ahead or a thread.
 */
export const transcodingArguments: readonly string[] = [
  ...['-nostdin', '-hide_banner', '-v', 'error', '-max_alloc', String(mostAllocatedBytes)],
  ...['-protocol_whitelist', 'pipe', '-format_whitelist', 'mov,mp4,m4a,3gp,3g2,mj2'],
  ...['-fflags', 'nobuffer', '-flags', 'low_delay', '-probesize', '32', '-analyzeduration', '0'],
  ...['-threads', '1', '-f', 'mp4', '-i', 'pipe:0'],
  ...['-map', '0:v:0', '-an', '-sn', '-dn', '-map_metadata', '-1'],
  ...['-vf', `scale=w='min(${widestPixels},iw)':h=-2:flags=fast_bilinear`, '-pix_fmt', 'yuv420p'],
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-threads', '1'],
  ...['-g', '50', '-crf', '26', '-maxrate', '4M', '-bufsize', '2M'],
  ...['-fps_mode', 'passthrough', '-copyts', '-enc_time_base', '-1'],
  ...['-f', 'flv', '-flvflags', 'no_duration_filesize', '-flush_packets', '1', 'pipe:1'],
];
