import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nameOf, password, viewerName } from './docket-names.ts';
import type { StreamOutput, StreamUrls } from './field-orders.ts';

/** Something that takes streams, started for one run. */
export interface Running {
  /** Its processes; those they begin count too. */
  processIds: readonly number[];
  streams: readonly StreamUrls[];
  /** Ends it in good order, once nobody sends any more. */
  stop(): Promise<void>;
  /** The files that it recorded of each stream; `null` where it does not record. */
  recorded: (() => Promise<string[]>) | null;
}

export interface Subject {
  name: string;
  isDocket: boolean;
  start(count: number, folder: string): Promise<Running>;
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const docket = here('./docket-live.js');
// Python is not compiled into `dist`.
const gstreamer = here('../../src/live/gst_relay.py');

export const subjects: readonly Subject[] = [
  ...docketSubjects('Docket', docket),
  { name: 'ffmpeg -c copy, recording', isDocket: false, start: startFfmpeg },
  { name: 'ffmpeg -c copy, relay', isDocket: false, start: startFfmpegRelay },
  { name: 'gst-rtsp-server, relay', isDocket: false, start: startGstreamer },
];

/** The Docket that is built in another tree. */
export function subjectsBeside(tree: string): Subject[] {
  return docketSubjects('Docket beside', join(resolve(tree), 'bench/dist/live/docket-live.js'));
}

function docketSubjects(name: string, module: string): Subject[] {
  return [
    { name: `${name}, relay`, isDocket: true, start: (count) => startDocket(module, count, null) },
    {
      name: `${name}, relay and recording`,
      isDocket: true,
      start: (count, folder) => startDocket(module, count, folder),
    },
  ];
}

async function startDocket(module: string, count: number, folder: string | null): Promise<Running> {
  const child = fork(module, [String(count), ...(folder === null ? [] : [folder])]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    processIds: [idOf(child)],
    streams: indices(count).map((index) => ({
      push: `rtsp://${nameOf(index)}:${password}@127.0.0.1:${port}/live/${nameOf(index)}`,
      out: { url: `rtsp://${viewerName}:${password}@127.0.0.1:${port}/live/${nameOf(index)}` },
    })),
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
    recorded: folder === null ? null : () => filmsIn(join(folder, 'clips')),
  };
}

async function startFfmpeg(count: number, folder: string): Promise<Running> {
  const toFile = (index: number) => [
    ...['-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov'],
    join(folder, `${nameOf(index)}.mp4`),
  ];
  const running = await copyByFfmpeg(await freePorts(count), toFile, () => null);
  return { ...running, recorded: () => filmsIn(folder) };
}

/** It serves no viewer: what is pushed to it, it pushes on to one. */
async function startFfmpegRelay(count: number): Promise<Running> {
  const ports = await freePorts(2 * count);
  const viewers = ports.slice(count);
  const onward = (index: number) => [
    ...['-f', 'rtsp', '-rtsp_transport', 'tcp'],
    `rtsp://127.0.0.1:${viewers[index]}/live`,
  ];
  return copyByFfmpeg(ports.slice(0, count), onward, (index) => ({ port: viewers[index] ?? 0 }));
}

/** One process a stream, as one would do it by hand. */
async function copyByFfmpeg(
  ports: readonly number[],
  outputOf: (index: number) => string[],
  outOf: (index: number) => StreamOutput,
): Promise<Running> {
  const children = ports.map((port, index) =>
    spawn(
      'ffmpeg',
      [
        ...['-v', 'error', '-nostdin', '-rtsp_flags', 'listen', '-i', `rtsp://127.0.0.1:${port}/live`],
        ...['-c', 'copy', ...outputOf(index)],
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    ),
  );
  await Promise.all(ports.map(untilListened));
  const exits = children.map((child) => once(child, 'exit'));
  return {
    processIds: children.map(idOf),
    streams: ports.map((port, index) => ({ push: `rtsp://127.0.0.1:${port}/live`, out: outOf(index) })),
    stop: async () => {
      // It ends by itself once its sender is gone; one that does not is told to.
      const patience = setTimeout(() => children.map((child) => child.kill('SIGINT')), 3_000);
      await Promise.all(exits);
      clearTimeout(patience);
    },
    recorded: null,
  };
}

async function startGstreamer(count: number): Promise<Running> {
  const child = spawn('/usr/bin/python3', [gstreamer, String(count)], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('gst-rtsp-server is not here')));
  const [said] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
  const port = Number(said.toString());
  return {
    processIds: [idOf(child)],
    streams: indices(count).map((index) => ({
      push: `rtsp://127.0.0.1:${port}/in/${index}`,
      out: { url: `rtsp://127.0.0.1:${port}/out/${index}` },
    })),
    stop: async () => {
      child.stdin.end();
      await ended.catch(() => {});
    },
    recorded: null,
  };
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function idOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('it did not start');
  return child.pid;
}

async function filmsIn(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => file.endsWith('.mp4')).map((file) => join(folder, file));
}

async function freePorts(count: number): Promise<number[]> {
  const servers = indices(count).map(() => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A listener that takes one connection cannot be tried by connecting. */
async function untilListened(port: number): Promise<void> {
  const listens = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, '0')} [0-9A-F]+:0000 0A`, 'u');
  while (!listens.test(await readFile('/proc/net/tcp', 'utf8'))) await wait(20);
}
