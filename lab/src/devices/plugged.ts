import type { Machine } from '../machine/machine.ts';

/** A device that stands in a port. */
export interface Plugged {
  /** Pulls it out, as a hand does: without asking. */
  yank(): Promise<void>;
}

let count = 0;

/** Plugs a device into the machine; `remove` takes away what it stood on once it is out. */
export async function plug(
  machine: Machine,
  device: Record<string, unknown> & { driver: string },
  remove: () => Promise<void> = async () => {},
): Promise<Plugged> {
  count += 1;
  const id = `plugged-${count}`;
  await machine.qmp.execute('device_add', { id, ...device });
  return {
    yank: async () => {
      const gone = machine.qmp.event(({ event, data }) => event === 'DEVICE_DELETED' && data?.device === id);
      await Promise.all([gone, machine.qmp.execute('device_del', { id })]);
      await remove();
    },
  };
}
