/** Kills this process when the one that started it is gone, whatever the main thread is doing. */

import { Socket } from 'node:net';

const lifeline = new Socket({ fd: 4, readable: true, writable: false });
lifeline.on('error', () => {});
lifeline.on('close', () => process.kill(process.pid, 'SIGKILL'));
lifeline.resume();
