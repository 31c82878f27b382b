import ffmpeg from 'fluent-ffmpeg';

/**
 * Containers that hold media and nothing else. Left out on purpose: playlists and scripts (HLS, DASH, concat, IMF,
 * AVS), by which a file could make the reader open other files of this machine.
 */
const containers = [
  'mov,mp4,m4a,3gp,3g2,mj2',
  'matroska,webm',
  'avi',
  'asf',
  'flv',
  'mpeg',
  'mpegts',
  'mp3',
  'aac',
  'amr',
  'wav',
  'ogg',
  'flac',
  'h264',
  'hevc',
  'image2',
  'jpeg_pipe',
  'png_pipe',
  'bmp_pipe',
  'webp_pipe',
  'gif',
];

const mostAllocatedBytes = 512 * 1024 * 1024;
const mostPixels = 100_000_000;

/** What a stranger's file may make the reader do: local files and known containers only, within bounds. */
const fences = [
  '-protocol_whitelist',
  'file,pipe',
  '-format_whitelist',
  containers.join(','),
  '-max_pixels',
  String(mostPixels),
];

const width = 480;
const fit = `scale=w='min(${width},iw)':h='min(${width},ih)':force_original_aspect_ratio=decrease:flags=bilinear`;

const probed =
  'format=format_name,duration:format_tags=creation_time:stream=codec_type,codec_name,width,height:stream_disposition=attached_pic';
/** The first frame of a photo is the photo, with its EXIF; 0x9011 is OffsetTimeOriginal. */
const probedOfPhoto = `${probed}:frame_tags=DateTimeOriginal,0x9011`;

/** Arguments for ffprobe to tell of `file` in JSON. */
export function probeArguments(file: string, isPhoto = false): string[] {
  const allocation = ['-max_alloc', String(mostAllocatedBytes)];
  return [
    '-v',
    'error',
    ...allocation,
    ...fences,
    '-print_format',
    'json',
    '-show_entries',
    isPhoto ? probedOfPhoto : probed,
    ...(isPhoto ? ['-read_intervals', '%+#1'] : []),
    `file:${file}`,
  ];
}

/** Arguments for ffmpeg to write one still of `file`, as JPEG, to `target`. */
export function thumbnailArguments(file: string, target: string, atSeconds: number): string[] {
  const seek = atSeconds > 0 ? ['-ss', atSeconds.toFixed(3)] : [];
  const command = ffmpeg()
    .input(`file:${file}`)
    .inputOptions([...fences, '-threads', '1', ...seek])
    .noAudio()
    .videoFilters(fit)
    .outputOptions(['-map', '0:v:0', '-map_metadata', '-1', '-sn', '-dn', '-frames:v', '1', '-threads', '1'])
    .outputOptions(['-pix_fmt', 'yuvj420p', '-q:v', '5', '-f', 'mjpeg'])
    .output(`file:${target}`);
  // Only the arguments are taken: fluent-ffmpeg's own runner loses kills and leaves its children behind.
  const globals = ['-nostdin', '-hide_banner', '-v', 'error', '-max_alloc', String(mostAllocatedBytes)];
  return [...globals, ...command._getArguments()];
}

/** Pictures of this many pixels a side still show a code held at arm's length. */
const widestCodeFrame = 960;

/** Arguments for ffmpeg to write pictures of the first seconds of `file`, grey, as binary PGM, to its output. */
export function codeFrameArguments(
  file: string,
  { seconds, framesPerSecond }: { seconds: number; framesPerSecond: number },
): string[] {
  const size = `'min(${widestCodeFrame},iw)':'min(${widestCodeFrame},ih)'`;
  return [
    ...['-nostdin', '-hide_banner', '-v', 'error', '-max_alloc', String(mostAllocatedBytes)],
    ...[...fences, '-threads', '1', '-t', String(seconds), '-i', `file:${file}`],
    ...['-map', '0:v:0', '-an', '-sn', '-dn'],
    '-vf',
    `fps=${framesPerSecond}:round=up:eof_action=pass,scale=${size}:force_original_aspect_ratio=decrease:flags=area,format=gray`,
    ...[
      '-frames:v',
      String(seconds * framesPerSecond),
      '-threads',
      '1',
      '-f',
      'image2pipe',
      '-c:v',
      'pgm',
      'pipe:1',
    ],
  ];
}

export type PictureCodec = 'h264' | 'hevc';

/** NAL units that hold slices (ITU-T H.264 and H.265, table 7-1), after the start codes of Annex B are put in. */
const slicesOnly: Record<PictureCodec, string> = {
  h264: 'h264_mp4toannexb,filter_units=pass_types=1-5',
  hevc: 'hevc_mp4toannexb,filter_units=pass_types=0-31',
};

/** Arguments for ffmpeg to write a line with the hash of each coded picture of `file`, undecoded, to its output. */
export function codedPictureArguments(file: string, codec: PictureCodec): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-v', 'error', '-max_alloc', String(mostAllocatedBytes)],
    ...[...fences, '-i', `file:${file}`, '-map', '0:v:0', '-an', '-sn', '-dn', '-map_metadata', '-1'],
    ...['-c', 'copy', '-bsf:v', slicesOnly[codec], '-f', 'framehash', '-hash', 'sha256', 'pipe:1'],
  ];
}
