import { join } from 'node:path';
import { parseDigestList } from './digest-list.ts';
import { type Peer, type Places, type Stage, shellStage } from './peer.ts';

/** A command line tool that hashes files, and how it is called. */
interface HashTool {
  name: string;
  command: string;
  version: readonly string[];
}

const coreutilsSha256: HashTool = {
  name: 'sha256sum',
  command: 'sha256sum',
  version: ['sha256sum', '--version'],
};
/** The fair one: it uses the processor's SHA instructions where there are any. */
const opensslSha256: HashTool = {
  name: 'openssl',
  command: 'openssl dgst -sha256 -r',
  version: ['openssl', 'version'],
};

/** Makes every file below a folder durable, and its folders. */
export const syncScript = 'find "$2" -print0 | xargs -0 sync';

const sourceDigests = 'source.sha256';
const copyDigests = 'copy.sha256';

/** Copy, make durable, hash the source, hash the copy as the disk gives it, compare. */
function copyAndHash(tool: HashTool): Peer {
  const hashFolder = (folder: string, list: string) =>
    `(cd "${folder}" && find . -type f -print0 | sort -z | xargs -0 ${tool.command} > "$3/${list}")`;
  return {
    name: `cp+sync+${tool.name} twice`,
    role: 'peer',
    guarantee: {
      sourceReads: 2,
      hash: 'SHA-256 of source and copy',
      fsync: 'files and folder',
      atomicName: false,
      readBack: 'media (cache dropped, untimed)',
      index: 'no',
    },
    tools: [['cp', '--version'], ['sync', '--version'], tool.version],
    stages: (places): Stage[] => [
      shellStage(`cp -r "$1" "$2"; ${syncScript}; ${hashFolder('$1', sourceDigests)}`, places),
      { type: 'drop-cache', folder: places.destination },
      shellStage(`${hashFolder('$2', copyDigests)}; cmp "$3/${sourceDigests}" "$3/${copyDigests}"`, places),
    ],
    digests: (places) => parseDigestList(join(places.notes, copyDigests)),
  };
}

/** Hashing the source once and nothing else. */
function hashOnce(tool: HashTool): Peer {
  return {
    name: `${tool.name} once`,
    role: 'bound',
    guarantee: null,
    tools: [tool.version],
    stages: (places: Places) => [
      shellStage(
        `cd "$1"; find . -type f -print0 | sort -z | xargs -0 ${tool.command} > "$3/${sourceDigests}"`,
        places,
      ),
    ],
    digests: (places) => parseDigestList(join(places.notes, sourceDigests)),
  };
}

export const copySha256sum = copyAndHash(coreutilsSha256);
export const copyOpenssl = copyAndHash(opensslSha256);
export const sha256sumOnce = hashOnce(coreutilsSha256);
export const opensslOnce = hashOnce(opensslSha256);
