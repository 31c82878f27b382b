/** A relay in a process of its own, which tells what it holds of memory. Run with `--expose-gc`. */
import { Relay } from './relay.ts';

const relay: Relay = await Relay.open({
  onPush: async ({ recorderId, feed }) => {
    relay.hub.carry(recorderId, 's', feed);
    return 'accepted';
  },
});

process.on('message', () => {
  // What the first round lets go of is told to the system in the second.
  gc?.();
  setImmediate(() => {
    gc?.();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    process.send?.({ heldBytes: arrayBuffers + heapUsed });
  });
});
process.once('disconnect', () => relay.close());
process.send?.({ port: relay.port });
