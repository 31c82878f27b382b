import type { MediaFacts } from '@docket/ingest';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { probeArguments } from './ffmpeg-arguments.ts';
import { runTool } from './run-tool.ts';

const Stream = Type.Object({
  codec_type: Type.Optional(Type.String()),
  codec_name: Type.Optional(Type.String()),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
  disposition: Type.Optional(Type.Object({ attached_pic: Type.Optional(Type.Integer()) })),
});

/** What is read of ffprobe's answer. */
const Probe = Type.Object({
  streams: Type.Optional(Type.Array(Stream)),
  format: Type.Optional(
    Type.Object({ format_name: Type.Optional(Type.String()), duration: Type.Optional(Type.String()) }),
  ),
});

/** ffprobe names a demuxer by all it can read; the word people know is picked. */
const containerNames: Record<string, string> = {
  'mov,mp4,m4a,3gp,3g2,mj2': 'mp4',
  'matroska,webm': 'matroska',
  image2: 'image',
};

/** Asks ffprobe what a stored file holds. Throws ToolError, or a SyntaxError for an answer that is none. */
export async function probeMedia(file: string, signal: AbortSignal): Promise<MediaFacts> {
  const output = await runTool({
    command: 'ffprobe',
    arguments: probeArguments(file),
    timeoutMs: 30_000,
    maxOutputBytes: 256 * 1024,
    signal,
  });
  const answer: unknown = JSON.parse(output.toString('utf8'));
  if (!Value.Check(Probe, answer)) throw new SyntaxError('ffprobe gave an answer of another shape');
  return factsOf(answer);
}

function factsOf({ streams = [], format = {} }: Static<typeof Probe>): MediaFacts {
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
  };
}

function containerOf(name: string | undefined): string | null {
  if (name === undefined) return null;
  return containerNames[name] ?? (name.endsWith('_pipe') ? 'image' : name);
}
