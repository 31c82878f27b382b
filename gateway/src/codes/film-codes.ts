import { codeFrameArguments } from '../previews/ffmpeg-arguments.ts';
import { runTool } from '../previews/run-tool.ts';
import type { CodeDecoder } from './code-decoder.ts';

/** Two pictures a second: whoever shows a code holds it for longer. */
const framesPerSecond = 2;
const mostOutputBytes = 256 * 1024 * 1024;

/** A code that was shown to the camera. */
export interface FilmedCode {
  /** How far into the film it was first seen. */
  atMs: number;
  text: string;
}

/**
 * Codes shown in the first seconds of a film, or in a photo; each text once. Nothing of the file is changed. Throws
 * ToolError where it cannot be read.
 */
export async function filmedCodes(
  file: string,
  seconds: number,
  decoder: CodeDecoder,
  signal: AbortSignal,
): Promise<FilmedCode[]> {
  const frames = await runTool({
    command: 'ffmpeg',
    arguments: codeFrameArguments(file, { seconds, framesPerSecond }),
    timeoutMs: 120_000,
    maxOutputBytes: mostOutputBytes,
    signal,
  });
  const first = new Map<string, number>();
  for (const { frame, text } of await decoder.read(frames)) {
    if (!first.has(text)) first.set(text, (frame * 1_000) / framesPerSecond);
  }
  return [...first].map(([text, atMs]) => ({ text, atMs }));
}
