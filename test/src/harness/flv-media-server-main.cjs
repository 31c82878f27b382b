/** node-media-server in a process of its own: errors of its connections would end it. */
const NodeMediaServer = require('node-media-server');

const [rtmpPort, httpPort] = process.argv.slice(2).map(Number);
process.on('uncaughtException', () => {});
process.on('disconnect', () => process.exit());
const server = new NodeMediaServer({
  bind: '127.0.0.1',
  rtmp: { port: rtmpPort },
  http: { port: httpPort },
  webadmin: { enable: false },
  auth: { play: false, publish: false },
});
server.run();
setTimeout(() => process.send('listening'), 500);
