/** An RTMP server in a process of its own, to be killed: its first line tells where it is. */
import { RtmpStand } from './rtmp-stand.ts';

const { server, port } = await RtmpStand.start({ keys: { 'DEMO-001': 's3cret' } });
process.stdout.write(`${JSON.stringify({ port, mediaServer: server.mediaServerProcessId })}\n`);
