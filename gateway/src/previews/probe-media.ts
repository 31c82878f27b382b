import { type Static, Type, Value } from '@docket/device-protocol/schema';
import type { ClipRecord, MediaFacts } from '@docket/ingest';
import { probeArguments } from './ffmpeg-arguments.ts';
import { runTool } from './run-tool.ts';

const Stream = Type.Object({
  codec_type: Type.Optional(Type.String()),
  codec_name: Type.Optional(Type.String()),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
  disposition: Type.Optional(Type.Object({ attached_pic: Type.Optional(Type.Integer()) })),
});

/** OffsetTimeOriginal, the zone of DateTimeOriginal (Exif 2.31 §4.6.5), which ffprobe knows by its number only. */
export const offsetTimeOriginal = '0x9011';

/** What is read of ffprobe's answer. */
const Probe = Type.Object({
  streams: Type.Optional(Type.Array(Stream)),
  frames: Type.Optional(
    Type.Array(
      Type.Object({
        tags: Type.Optional(
          Type.Object({
            DateTimeOriginal: Type.Optional(Type.String()),
            [offsetTimeOriginal]: Type.Optional(Type.String()),
          }),
        ),
      }),
    ),
  ),
  format: Type.Optional(
    Type.Object({
      format_name: Type.Optional(Type.String()),
      duration: Type.Optional(Type.String()),
      tags: Type.Optional(Type.Object({ creation_time: Type.Optional(Type.String()) })),
    }),
  ),
});

/** ffprobe names a demuxer by all it can read; the word people know is picked. */
const containerNames: Record<string, string> = {
  'mov,mp4,m4a,3gp,3g2,mj2': 'mp4',
  'matroska,webm': 'matroska',
  image2: 'image',
};

/** Asks ffprobe what a stored file holds. Throws ToolError, or a SyntaxError for an answer that is none. */
export async function probeMedia(
  file: string,
  kind: ClipRecord['kind'],
  signal: AbortSignal,
): Promise<MediaFacts> {
  const output = await runTool({
    command: 'ffprobe',
    arguments: probeArguments(file, kind === 'photo'),
    timeoutMs: 120_000,
    maxOutputBytes: 256 * 1024,
    signal,
  });
  const answer: unknown = JSON.parse(output.toString('utf8'));
  if (!Value.Check(Probe, answer)) throw new SyntaxError('ffprobe gave an answer of another shape');
  return factsOf(answer);
}

function factsOf({ streams = [], frames = [], format = {} }: Static<typeof Probe>): MediaFacts {
  const video = streams.find((one) => one.codec_type === 'video' && one.disposition?.attached_pic !== 1);
  const audio = streams.find((one) => one.codec_type === 'audio');
  const container = containerOf(format.format_name);
  const seconds = Number(format.duration);
  const hasDuration = container !== 'image' && Number.isFinite(seconds) && seconds > 0;
  return {
    container,
    durationMs: hasDuration ? Math.round(seconds * 1_000) : null,
    width: video?.width ?? null,
    height: video?.height ?? null,
    videoCodec: video?.codec_name ?? null,
    audioCodec: audio?.codec_name ?? null,
    createdAt: format.tags?.creation_time?.slice(0, 40) ?? null,
    takenAt: takenAt(frames[0]?.tags ?? {}),
  };
}

/** `2026:11:22 08:30:05`, as every other time is written. */
function takenAt(tags: Record<string, string | undefined>): string | null {
  const [, date, time] = /^(\d{4}:\d{2}:\d{2}) (\d{2}:\d{2}:\d{2})$/u.exec(tags.DateTimeOriginal ?? '') ?? [];
  if (date === undefined) return null;
  const [zone = ''] = /^[+-]\d{2}:\d{2}$/u.exec(tags[offsetTimeOriginal] ?? '') ?? [];
  return `${date.replaceAll(':', '-')}T${time}${zone}`;
}

function containerOf(name: string | undefined): string | null {
  if (name === undefined) return null;
  return containerNames[name] ?? (name.endsWith('_pipe') ? 'image' : name);
}
