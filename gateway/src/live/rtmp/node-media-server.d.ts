/** What we use of node-media-server 4.4.3, which has no types. */

declare module 'node-media-server' {
  import type { Server } from 'node:http';

  export interface MediaServerConfig {
    bind: string;
    /** A path of a Unix socket is taken as well as a port. */
    http: { port: string };
    webadmin: { enable: boolean };
  }

  // biome-ignore lint/style/noDefaultExport: it is what the module is.
  export default class NodeMediaServer {
    constructor(config: MediaServerConfig);
    readonly httpServer: { readonly httpServer: Server; run(): void };
  }
}

declare module 'node-media-server/src/session/rtmp_session.js' {
  import type { Socket } from 'node:net';

  export interface MediaPacket {
    size: number;
    data: Buffer;
  }

  export interface PublishRequest {
    app: string;
    name: string;
    host: string;
    query: Record<string, string | string[] | undefined>;
  }

  export interface Rtmp {
    onConnectCallback: (request: PublishRequest) => void;
    onPlayCallback: () => void;
    onPushCallback: () => void;
    onPacketCallback: (packet: MediaPacket) => void;
    onDeleteStream: () => void;
    packetAlloc: () => void;
    readonly inPackets: ReadonlyMap<number, unknown>;
    readonly parserPacket: { readonly header: { readonly length: number } };
    parserData(chunk: Buffer): string | null;
  }

  // biome-ignore lint/style/noDefaultExport: it is what the module is.
  export default class RtmpSession {
    constructor(socket: Socket);
    readonly id: string;
    readonly rtmp: Rtmp;
    readonly broadcast: {
      publishGraceMs: number;
      readonly subscribers: ReadonlyMap<string, { close(): void }>;
    };
    run(): void;
    onConnect(request: PublishRequest): void;
    onPush(): void;
    onPacket(packet: MediaPacket): void;
    onData(chunk: Buffer): void;
  }
}
