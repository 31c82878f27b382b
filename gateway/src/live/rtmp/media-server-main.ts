/** Where the media server begins: a process of its own, whose only argument is the folder for its two doors. */

import { createServer, type Socket } from 'node:net';
import NodeMediaServer from 'node-media-server';
import { faultOf, GuardedSession } from './guarded-session.ts';
import {
  connectionNumberBytes,
  doorsIn,
  type FromMediaServer,
  type ToMediaServer,
} from './media-server-messages.ts';

const longestLine = 300;
const doors = doorsIn(process.argv[2] ?? '');
const sessions = new Map<number, GuardedSession>();

function tell(message: FromMediaServer): void {
  if (process.connected) process.send?.(message);
}

// The media server logs by these, and ends on what nobody caught.
for (const way of ['log', 'info', 'warn', 'error'] as const) {
  console[way] = (line: unknown) => tell({ says: 'log', line: String(line).slice(0, longestLine) });
}
process.on('uncaughtException', (error) => tell({ says: 'fault', connection: null, fault: faultOf(error) }));
process.on('disconnect', () => process.exit(0));
process.on('message', (message: ToMediaServer) => {
  if (message.says === 'are-you-alive') tell({ says: 'alive' });
  else sessions.get(message.connection)?.answer(message.isAccepted);
});

/** The first bytes of a connection are its number; then the media server gets it. */
function receive(socket: Socket): void {
  socket.on('error', () => {});
  const begin = () => {
    const head = socket.read(connectionNumberBytes) as Buffer | null;
    if (head === null) return;
    socket.off('readable', begin);
    const connection = head.readUInt32BE(0);
    sessions.set(connection, new GuardedSession(connection, socket, tell));
    socket.once('close', () => sessions.delete(connection));
    socket.resume();
  };
  socket.on('readable', begin);
}

// Of the media server only its RTMP sessions and its FLV door are begun; store, recorder, relay and history stay off.
const mediaServer = new NodeMediaServer({
  bind: '127.0.0.1',
  http: { port: doors.flv },
  webadmin: { enable: false },
});
mediaServer.httpServer.run();
mediaServer.httpServer.httpServer.once('listening', () => {
  createServer(receive).listen(doors.rtmp, () => tell({ says: 'ready' }));
});
