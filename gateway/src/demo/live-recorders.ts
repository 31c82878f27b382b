import {
  apiBase,
  type LiveSourceSet,
  type OperationFile,
  type OperationPage,
  type RecorderFile,
} from '../contract/index.ts';
import { type LongTool, startLongTool } from '../live/long-tool.ts';
import type { Log } from '../log.ts';
import { demoSender } from './example-cases.ts';

/** A recorder of the demo that sends live. */
interface LiveRecorderPlan {
  serialNumber: string;
  caption: string;
  /** A picture that is like no other's. */
  picture: string;
}

const recorders: readonly LiveRecorderPlan[] = [
  { serialNumber: 'DEMO-LIVE-01', caption: 'DEMO-LIVE-01', picture: 'testsrc2=size=960x540:rate=15' },
  { serialNumber: 'DEMO-LIVE-02', caption: 'DEMO-LIVE-02', picture: 'smptehdbars=size=960x540:rate=15' },
];

const title = '演示：现场检查直播';
const person = '张三';

export interface LiveDemo {
  /** Of the dashboard. */
  url: string;
  /** Where recorders push RTSP. */
  rtspPort: number;
  log: Log;
  signal: AbortSignal;
}

/**
 * Two recorders in an on-site operation, sending by RTSP as ffmpeg does it, with their clocks in the picture: registered
 * and opened over the API. Resolves once they send; the returned function ends them.
 */
export async function startLiveRecorders(demo: LiveDemo): Promise<() => Promise<void>> {
  const sending: LongTool[] = [];
  try {
    const registered = [];
    for (const plan of recorders) registered.push({ plan, ...(await register(demo, plan)) });
    await openOperation(
      demo,
      registered.map(({ recorderId }) => recorderId),
    );
    for (const { plan, userName, password } of registered) {
      const url = `rtsp://${userName}:${encodeURIComponent(password)}@127.0.0.1:${demo.rtspPort}/live/demo`;
      sending.push(send(plan, url, demo.signal));
    }
  } catch (error) {
    if (!demo.signal.aborted) demo.log.warn({ err: error }, 'the live examples could not be started');
  }
  return async () => {
    await Promise.all(sending.map((tool) => tool.stop()));
  };
}

/** Registers the recorder and lets a new password be made for it. */
async function register(
  demo: LiveDemo,
  { serialNumber }: LiveRecorderPlan,
): Promise<{ recorderId: string; userName: string; password: string }> {
  const reason = '演示';
  const { recorder } = await ask<RecorderFile>(demo, 'POST', '/recorders', { serialNumber, reason, person });
  const { recorderId } = recorder;
  const set = await ask<LiveSourceSet>(demo, 'PUT', `/live/sources/${encodeURIComponent(recorderId)}`, {
    way: 'push-rtsp',
    password: null,
    reason,
    person,
  });
  return { recorderId, userName: set.source.userName, password: set.shown ?? '' };
}

/** A second start finds the operation of the first. */
async function openOperation(demo: LiveDemo, recorderIds: readonly string[]): Promise<void> {
  const { operations } = await ask<OperationPage>(demo, 'GET', '/operations?open=true');
  if (operations.some((operation) => operation.title === title)) return;
  await ask<OperationFile>(demo, 'POST', '/operations', {
    title,
    place: '示例超市',
    caseId: `${demoSender}/case-2`,
    recorders: recorderIds.map((recorderId) => ({ recorderId })),
    person,
  });
}

function send({ caption, picture }: LiveRecorderPlan, url: string, signal: AbortSignal): LongTool {
  const box = "fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=8:fontsize=h/14:font='DejaVu Sans Mono'";
  const overlay = `drawtext=text='%{localtime\\:%F %T}':x=20:y=20:${box},drawtext=text='${caption}':x=20:y=h-th-20:${box}`;
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'];
  return startLongTool({
    command: 'ffmpeg',
    arguments: [
      ...['-nostdin', '-hide_banner', '-v', 'error'],
      ...['-re', '-f', 'lavfi', '-i', `${picture},${overlay}`],
      ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:beep_factor=4:sample_rate=48000'],
      ...[...video, '-g', '15', '-b:v', '1200k', '-maxrate', '1200k', '-bufsize', '600k'],
      ...['-c:a', 'aac', '-b:a', '64k', '-f', 'rtsp', '-rtsp_transport', 'tcp', url],
    ],
    signal,
  });
}

async function ask<Answer>(
  { url, signal }: LiveDemo,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  const response = await fetch(`${url}${apiBase}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal,
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}`);
  return answer as Answer;
}
