import { syncScript } from './copy-and-hash.ts';
import { type Peer, shellStage } from './peer.ts';

/** No configuration of the user at hand may change what is measured. */
const rcloneCommand = 'rclone --config /dev/null --quiet';

export const rclone: Peer = {
  name: 'rclone copy+sync+check',
  role: 'peer',
  guarantee: {
    sourceReads: 2,
    hash: 'MD5 of source and copy',
    fsync: 'files and folder (by sync)',
    atomicName: false,
    readBack: 'media (cache dropped, untimed)',
    index: 'no',
  },
  tools: [
    ['rclone', 'version'],
    ['sync', '--version'],
  ],
  stages: (places) => [
    shellStage(`${rcloneCommand} copy "$1" "$2"; ${syncScript}`, places),
    { type: 'drop-cache', folder: places.destination },
    shellStage(`${rcloneCommand} check "$1" "$2"`, places),
  ],
  digests: async () => null,
};
