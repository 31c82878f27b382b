/**
 * Docket's own parts in a process of their own: recorders push, viewers watch, by RTSP. With a store it records what
 * comes, as the gateway does, up to sealed clips. Argument: how many recorders; then the folder of the store.
 */

import { hashCredentials } from '@docket/device-protocol/live';
import { createLog, LiveSupervisor, RtspServer, StreamHub } from '@docket/gateway/live';
import { Ingest } from '@docket/ingest';
import { ingestOptions } from '../children/ingest-options.ts';
import { nameOf, password, viewerName } from './docket-names.ts';

const [count = '0', store] = process.argv.slice(2);
const names = Array.from({ length: Number(count) }, (_, index) => nameOf(index));
const log = createLog('warn', process.stderr);
const hub = new StreamHub();
const ingest = store === undefined ? null : await openStore(store);
const supervisor = ingest === null ? null : await supervise(ingest);
const server = new RtspServer({
  settings: {
    address: '127.0.0.1',
    port: 0,
    viewers: [{ name: viewerName, ...hashCredentials(viewerName, 'docket', password) }],
    viewersPerStream: 16,
  },
  silenceMs: 5_000,
  streams: hub,
  authenticatePush: (name) =>
    names.includes(name) ? { recorderId: name, ...hashCredentials(name, 'docket', password) } : null,
  onPush: async (push) => {
    if (supervisor !== null) {
      const refused = await supervisor.takePushed(push);
      return refused === null ? 'accepted' : { refused };
    }
    hub.carry(push.recorderId, 'none', push.feed);
    return 'accepted';
  },
  log,
});
await server.start(new AbortController().signal);
process.send?.({ port: server.address()?.port });
process.once('disconnect', async () => {
  await server.stop();
  await supervisor?.stop();
  await ingest?.close();
  process.exit(0);
});

async function supervise(opened: Ingest): Promise<LiveSupervisor> {
  const supervising = new LiveSupervisor({
    readPlan: async () => ({ pushing: new Set(names), pulled: new Map(), operations: new Map() }),
    recorder: opened.live,
    carry: (recorderId, sessionId, feed) => hub.carry(recorderId, sessionId, feed),
    mostStreams: names.length,
    resumeMs: 1_000,
    onChange: () => {},
    onRefused: (recorderId, error) => log.error({ recorderId, err: error }, 'refused'),
    log,
  });
  await supervising.settle();
  return supervising;
}

async function openStore(folder: string): Promise<Ingest> {
  const opened = await Ingest.open(ingestOptions(folder));
  await opened.database.write(async (transaction) => {
    for (const name of names) {
      await transaction.run(
        "INSERT INTO recorder (recorder_id, driver, identity_source, first_seen_at, last_seen_at) VALUES (?, 'volume', 'none', '', '')",
        [name],
      );
    }
  });
  return opened;
}
