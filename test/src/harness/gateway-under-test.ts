/**
 * The whole gateway in a process of its own, for tests that kill it. Reads its settings from `DOCKET_TEST` (JSON);
 * kills itself, as hard as a power cut of the process can be, at the step it is told; ends by itself once nothing has
 * happened for a while. On SIGUSR2 it tells what it holds that nobody sees from without.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLog, loadConfig, runGateway } from '@docket/gateway/daemon';
import type { Step } from '@docket/ingest';

interface Settings {
  assignments: string[];
  /** Dies at the n-th passing of this step. */
  dieAt: { step: string; passing: number } | null;
  idleMs: number;
}

const settings: Settings = JSON.parse(process.env.DOCKET_TEST ?? '{}');
const ending = new AbortController();
process.once('SIGTERM', () => ending.abort());

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
process.on('SIGUSR2', () => {
  collect();
  const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  writeSync(1, `resources ${JSON.stringify({ timers, heapBytes: process.memoryUsage().heapUsed })}\n`);
});

let passings = 0;
let idle: NodeJS.Timeout | null = null;

subscribe('docket:step', (message) => {
  const step = message as Step;
  idle?.refresh();
  if (step.name !== settings.dieAt?.step) return;
  passings += 1;
  if (passings < settings.dieAt.passing) return;
  writeSync(1, `died at ${step.name}\n`);
  process.kill(process.pid, 'SIGKILL');
});

const config = await loadConfig({ file: null, environment: {}, assignments: settings.assignments });
await runGateway({
  config,
  log: createLog(config.log.level),
  signal: ending.signal,
  onReady: (url, { rtspPort, rtmpPort }) => {
    writeSync(1, `ready ${url} rtsp=${rtspPort} rtmp=${rtmpPort}\n`);
    idle = setTimeout(() => ending.abort(), settings.idleMs);
  },
});
if (idle !== null) clearTimeout(idle);
writeSync(1, 'ended\n');
