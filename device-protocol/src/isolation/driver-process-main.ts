/** Where a driver process begins: descriptor 3 is its channel to the gateway, descriptor 4 its lifeline. */

import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { serveRecorder } from './serve-recorder.ts';

// In a thread of its own, so that a driver that hangs ends with the gateway too.
new Worker(new URL('./lifeline.js', import.meta.url)).unref();

await serveRecorder(new Socket({ fd: 3, readable: true, writable: true }));
process.exit(0);
