import type { Machine } from '../machine/machine.ts';

/** What a disk reads from: block nodes of QEMU, from the file up. */
export interface Medium {
  /** The node a device is to be put on. */
  node: string;
  /** Takes the nodes away again, once no device uses them. */
  remove(): Promise<void>;
}

type BlockNode = Record<string, unknown> & { 'node-name': string };

async function addNodes(machine: Machine, nodes: readonly BlockNode[]): Promise<Medium> {
  for (const node of nodes) await machine.qmp.execute('blockdev-add', node);
  const names = nodes.map((node) => node['node-name']).reverse();
  return {
    node: names[0] ?? '',
    remove: async () => {
      for (const name of names) await machine.qmp.execute('blockdev-del', { 'node-name': name });
    },
  };
}

const file = (image: string) => ({ driver: 'file', filename: image });

/** A card as it is. */
export function soundMedium(machine: Machine, name: string, image: string): Promise<Medium> {
  return addNodes(machine, [{ 'node-name': name, driver: 'raw', file: file(image) }]);
}

/** A card that reads no faster than this. */
export async function slowMedium(
  machine: Machine,
  name: string,
  image: string,
  bytesPerSecond: number,
): Promise<Medium> {
  const limits = { 'bps-read': bytesPerSecond };
  await machine.qmp.execute('object-add', { 'qom-type': 'throttle-group', id: `${name}-rate`, limits });
  const medium = await addNodes(machine, [
    { 'node-name': `${name}-card`, driver: 'raw', file: file(image) },
    { 'node-name': name, driver: 'throttle', 'throttle-group': `${name}-rate`, file: `${name}-card` },
  ]);
  return {
    node: medium.node,
    remove: async () => {
      await medium.remove();
      await machine.qmp.execute('object-del', { id: `${name}-rate` });
    },
  };
}

/** A card of which one sector cannot be read. */
export function scratchedMedium(
  machine: Machine,
  name: string,
  image: string,
  sector: number,
): Promise<Medium> {
  const fault = { event: 'none', iotype: 'read', errno: 5, sector, immediately: false, once: false };
  return addNodes(machine, [
    {
      'node-name': name,
      driver: 'blkdebug',
      image: { driver: 'raw', file: file(image) },
      'inject-error': [fault],
    },
  ]);
}

/** A card behind a network block device on this host, whose server may misbehave. */
export function servedMedium(machine: Machine, name: string, socket: string): Promise<Medium> {
  return addNodes(machine, [
    { 'node-name': name, driver: 'nbd', server: { type: 'unix', path: socket }, 'read-only': true },
  ]);
}
