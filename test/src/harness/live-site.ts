import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type {
  LiveAlarmPage,
  LiveSessionFile,
  LiveSessionPage,
  LiveStreamNow,
  OperationFile,
} from '@docket/gateway/contract';
import { createSite, type DockSite } from './dock-site.ts';
import { descendantsOf, descriptorsOf, type Holdings, holdingsOf } from './process-holdings.ts';
import { startGateway } from './run-gateway.ts';

const lookEveryMs = 100;

/** The whole gateway in its own process, with RTSP and RTMP on ports of the system's choice, asked over its API. */
export class LiveSite {
  readonly site: DockSite;
  readonly #assignments: readonly string[];
  #gateway: ReturnType<typeof startGateway>;
  #url = '';
  rtspPort = 0;
  rtmpPort = 0;

  private constructor(site: DockSite, assignments: readonly string[]) {
    this.site = site;
    this.#assignments = [...site.assignments, 'live.rtsp.port=0', ...assignments];
    this.#gateway = startGateway(this.#assignments, null, 600_000);
  }

  static async open(assignments: readonly string[] = []): Promise<LiveSite> {
    const live = new LiveSite(await createSite(), assignments);
    await live.#ready();
    return live;
  }

  get process(): ChildProcess {
    return this.#gateway.child;
  }

  get url(): string {
    return this.#url;
  }

  output(): string {
    return this.#gateway.output();
  }

  /** Ends the gateway as asked, and starts it again on the same store; pages find it where it was. */
  async restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.#end(signal);
    const samePort = `http.port=${new URL(this.#url).port}`;
    this.#gateway = startGateway([...this.#assignments, samePort], null, 600_000);
    await this.#ready();
  }

  async close(): Promise<void> {
    await this.#end('SIGTERM');
    await this.site.remove();
  }

  async ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      // A connection that is kept would count among what the gateway holds.
      headers: { connection: 'close', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as Answer;
  }

  /** Registers a recorder by its serial number and how it sends. Resolves with its id, and the password that was made. */
  async register(
    serialNumber: string,
    source: object,
  ): Promise<{ recorderId: string; userName: string; password: string }> {
    const about = { reason: '测试', person: '张三' };
    const { recorder } = await this.ask<{ recorder: { recorderId: string } }>('POST', '/recorders', {
      serialNumber,
      ...about,
    });
    const { recorderId } = recorder;
    const set = await this.ask<{ source: { userName: string }; shown: string | null }>(
      'PUT',
      `/live/sources/${encodeURIComponent(recorderId)}`,
      { ...source, ...about },
    );
    return { recorderId, userName: set.source.userName, password: set.shown ?? '' };
  }

  async openOperation(recorderIds: readonly string[], more: object = {}): Promise<string> {
    const { operation } = await this.ask<OperationFile>('POST', '/operations', {
      title: '现场检查',
      recorders: recorderIds.map((recorderId) => ({ recorderId })),
      person: '张三',
      ...more,
    });
    return operation.operationId;
  }

  async closeOperation(operationId: string): Promise<void> {
    await this.ask('POST', `/operations/${operationId}/close`, { person: '张三' });
  }

  async stream(recorderId: string): Promise<LiveStreamNow | undefined> {
    const { streams } = await this.ask<{ streams: LiveStreamNow[] }>('GET', '/live/streams');
    return streams.find((stream) => stream.recorderId === recorderId);
  }

  async sessions(recorderId: string): Promise<LiveSessionFile[]> {
    const query = `/live/sessions?recorderId=${encodeURIComponent(recorderId)}`;
    const { sessions } = await this.ask<LiveSessionPage>('GET', query);
    return Promise.all(
      sessions.map(({ sessionId }) => this.ask<LiveSessionFile>('GET', `/live/sessions/${sessionId}`)),
    );
  }

  /** Kinds of the alarms of a recorder that go on. */
  async alarms(recorderId: string): Promise<string[]> {
    const query = `/live/alarms?recorderId=${encodeURIComponent(recorderId)}`;
    const { alarms } = await this.ask<LiveAlarmPage>('GET', query);
    return alarms.filter(({ endedAt }) => endedAt === null).map(({ kind }) => kind);
  }

  /** Looks until it is so; the test's own time-out is the only limit. */
  async until<Value>(look: () => Promise<Value | null | undefined | false>): Promise<Value> {
    for (;;) {
      const seen = await look();
      if (seen !== null && seen !== undefined && seen !== false) return seen;
      if (this.#gateway.child.exitCode !== null) throw new Error(`the gateway ended:\n${this.output()}`);
      await wait(lookEveryMs);
    }
  }

  /** What the gateway's process holds, as the system sees it. */
  holdings(): Holdings {
    return holdingsOf(this.#pid);
  }

  /** What each of its descriptors stands for. */
  descriptors(): string[] {
    return descriptorsOf(this.#pid);
  }

  /** Timers and memory still in use after a collection, as the gateway's process tells itself. */
  async resources(): Promise<{ timers: number; heapBytes: number }> {
    const { child, output } = this.#gateway;
    const told = () => [...output().matchAll(/^resources (.*)$/gmu)];
    const before = told().length;
    child.kill('SIGUSR2');
    await this.until(async () => told().length > before);
    return JSON.parse(told().at(-1)?.[1] ?? '');
  }

  /** Every process that stands below the gateway now, told apart also where a number is used again. */
  descendants(): string[] {
    return descendantsOf(this.#pid);
  }

  get #pid(): number {
    const { pid } = this.#gateway.child;
    if (pid === undefined) throw new Error('the gateway did not start');
    return pid;
  }

  async #ready(): Promise<void> {
    const { child, output } = this.#gateway;
    while (!output().includes('ready ')) {
      if (child.exitCode !== null) throw new Error(`the gateway ended:\n${output()}`);
      await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    }
    const [, url = '', rtsp, rtmp] = /ready (\S+) rtsp=(\S+) rtmp=(\S+)/u.exec(output()) ?? [];
    this.#url = url;
    this.rtspPort = Number(rtsp);
    this.rtmpPort = Number(rtmp);
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { child } = this.#gateway;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    child.kill(signal);
    await ended;
  }
}

/** Decodes a whole file with ffmpeg; throws with what it complained of. Resolves with its pictures and its length in seconds. */
export function decode(file: string): { pictures: number; seconds: number } {
  const read = execFileSync(
    'ffprobe',
    [
      '-v',
      'error',
      '-count_frames',
      '-select_streams',
      'v:0',
      '-show_entries',
      'stream=nb_read_frames:format=duration',
    ].concat(['-of', 'json', file]),
    { encoding: 'utf8' },
  );
  const { streams, format } = JSON.parse(read) as {
    streams: { nb_read_frames: string }[];
    format: { duration: string };
  };
  return { pictures: Number(streams[0]?.nb_read_frames ?? 0), seconds: Number(format.duration) };
}
