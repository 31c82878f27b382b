import type { FeedEnd, LiveFeed, LiveFeedListener, LiveTrack } from '@docket/device-protocol/live';

/** A track of pictures or of sound, as a description tells it. */
export function track(kind: 'video' | 'audio', index = 0, codec: LiveTrack['codec'] = 'h264'): LiveTrack {
  const isVideo = kind === 'video';
  return {
    index,
    kind,
    codec: isVideo ? codec : 'pcma',
    payloadType: isVideo ? 96 : 8,
    clockRateHz: isVideo ? 90_000 : 8_000,
    channels: isVideo ? null : 1,
    encodingName: isVideo ? codec.toUpperCase() : 'PCMA',
    formatParameters: new Map(),
    control: null,
  };
}

/** One RTP packet (RFC 3550 §5.1) with the marker set: a picture, or a frame of sound, of its own. */
export function rtp(of: LiveTrack, sequence: number, timestamp: number, payload: readonly number[]): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt8(0x80, 0);
  head.writeUInt8(0x80 | of.payloadType, 1);
  head.writeUInt16BE(sequence & 0xffff, 2);
  head.writeUInt32BE(timestamp >>> 0, 4);
  head.writeUInt32BE(0xd0c4e7 + of.index, 8);
  return Buffer.concat([head, Buffer.from(payload)]);
}

/** NAL units of H.264 with their heads alone (RFC 6184 §1.3): what a picture begins with decides what it is. */
export const h264 = { idr: [0x65, 0x88, 0x84], other: [0x41, 0x9a, 0x24], sps: [0x67, 0x42, 0xc0] } as const;

/** A feed that brings what a test gives it. */
export class HandFed implements LiveFeed {
  readonly way = 'push-rtsp';
  readonly transport = 'tcp';
  readonly description: LiveFeed['description'];
  readonly ended: Promise<FeedEnd>;
  listener: LiveFeedListener | null = null;
  end: (end: FeedEnd) => void = () => {};

  constructor(tracks: readonly LiveTrack[]) {
    this.description = { tracks, refused: [], control: null, sdp: '' };
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  begin(listener: LiveFeedListener): void {
    this.listener = listener;
  }

  async close(): Promise<void> {
    this.end({ cause: 'closed', detail: '' });
  }

  give(of: LiveTrack, packet: Buffer, atMs = 0): void {
    this.listener?.packet(of, packet, { atMs, sentNotBeforeMs: null });
  }
}
