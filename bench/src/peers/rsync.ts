import { type Peer, shellStage } from './peer.ts';

export const rsync: Peer = {
  name: 'rsync --fsync+rsync -c',
  role: 'peer',
  guarantee: {
    sourceReads: 2,
    hash: "rsync's own, not cryptographic, of source and copy",
    fsync: 'files (by --fsync), folder (by sync)',
    atomicName: true,
    readBack: 'media (cache dropped, untimed)',
    index: 'no',
  },
  tools: [['rsync', '--version']],
  stages: (places) => [
    shellStage('rsync -a --fsync "$1/" "$2/"; sync "$2"', places),
    { type: 'drop-cache', folder: places.destination },
    // A dry run by checksum names every file that differs; none must.
    shellStage('test -z "$(rsync -a -c -n --out-format=%n "$1/" "$2/")"', places),
  ],
  digests: async () => null,
};
