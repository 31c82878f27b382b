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

declare module 'node-media-server/src/protocol/flv.js' {
  export interface MediaPacket {
    /** 8 for sound, 9 for pictures. */
    codec_type: number;
    /** In milliseconds. */
    dts: number;
    size: number;
    data: Buffer;
  }

  const flv: {
    /** A tag of FLV. */
    createMessage(packet: MediaPacket): Buffer;
  };
  // biome-ignore lint/style/noDefaultExport: it is what the module is.
  export default flv;
}

declare module 'node-media-server/src/session/rtmp_session.js' {
  import type { Socket } from 'node:net';

  export interface PublishRequest {
    app: string;
    name: string;
    host: string;
    query: Record<string, string | string[] | undefined>;
  }

  /** A message as it comes in. */
  export interface RtmpPacket {
    readonly header: { readonly type: number; readonly length: number };
    /** Its time in milliseconds. */
    clock: number;
    readonly payload: Buffer;
    readonly capacity: number;
  }

  export interface Rtmp {
    onConnectCallback: (request: PublishRequest) => void;
    onPlayCallback: () => void;
    onPushCallback: () => void;
    onOutputCallback: (bytes: Buffer) => void;
    onDeleteStream: () => void;
    dataHandler: () => void;
    controlHandler: () => void;
    packetAlloc: () => void;
    readonly inPackets: ReadonlyMap<number, RtmpPacket>;
    readonly parserPacket: RtmpPacket;
    readonly inChunkSize: number;
    /** What the other side wants acknowledged, where it said so. */
    readonly ackSize: number | undefined;
    sendACK(bytes: number): void;
  }

  // biome-ignore lint/style/noDefaultExport: it is what the module is.
  export default class RtmpSession {
    constructor(socket: Socket);
    readonly id: string;
    readonly rtmp: Rtmp;
    readonly broadcast: {
      publishGraceMs: number;
      readonly subscribers: ReadonlyMap<string, { sendBuffer(bytes: Buffer): void; close(): void }>;
    };
    run(): void;
    onConnect(request: PublishRequest): void;
    onPush(): void;
    onData(chunk: Buffer): void;
  }
}
