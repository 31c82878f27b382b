/** A process that opens a recorder whose driver hangs, tells the driver's process number, and waits for its own end. */

import { isolatedDriver } from '../isolated-driver.ts';
import { childrenOf } from './process-tree.ts';

const module = new URL('./troublesome-plugin.js', import.meta.url).href;
const options = { clips: 1, clipBytes: 1, trouble: { at: 'identify', kind: process.argv[2] } };
const driver = isolatedDriver({ choice: { driver: 'plugin', name: 'troublesome', module, options } });
const never = new AbortController().signal;
const target = { type: 'volume', directory: '/' } as const;
const recorder = await driver.open({ portPath: '1-1', instance: 'a', target }, never);
const identifying = recorder.identify(never);
const [child] = await childrenOf(process.pid);
process.stdout.write(`${child}\n`);
await identifying;
