import type {
  AccessUnit,
  Arrival,
  LiveDescription,
  LiveTrack,
  LiveTransport,
  LiveWay,
  SenderReport,
  TrackFormat,
} from '@docket/device-protocol/live';

/** One RTP packet of a stream, untouched. */
export interface StreamPacket {
  track: LiveTrack;
  packet: Buffer;
}

/** Takes packets of a stream as they come. Must not throw and must not block; what it cannot take it drops by itself. */
export interface PacketSink {
  packet(track: LiveTrack, packet: Buffer, arrival: Arrival): void;
  senderReport(track: LiveTrack, report: SenderReport, arrival: Arrival): void;
  /** The stream goes on with other tracks, or has ended (`null`). */
  changed(description: LiveDescription | null): void;
}

/** Takes coded pictures and sound of a stream as they come. As `PacketSink` otherwise. */
export interface UnitSink {
  unit(unit: AccessUnit): void;
  changed(description: LiveDescription | null): void;
}

/** A stream that comes in now, as all who want it find it. Taken from the recorder once, whoever watches. */
export interface LiveStream {
  readonly recorderId: string;
  readonly sessionId: string;
  readonly way: LiveWay;
  readonly transport: LiveTransport;
  /** As the recorder told it, or as its packets show it where that was wrong; sinks are told when it changes. */
  readonly description: LiveDescription;
  /** Since when this connection brings something, in Unix milliseconds. */
  readonly sinceMs: number;
  /** The newest picture or sound, in Unix milliseconds; `null` before the first. */
  readonly lastUnitMs: number | null;
  /** What a decoder of a track must know now; `null` while unknown. */
  format(track: LiveTrack): TrackFormat | null;
  /** Calls the sink with everything from now on, until the returned function is called. */
  watchPackets(sink: PacketSink): () => void;
  watchUnits(sink: UnitSink): () => void;
  /** Pictures and sound since the newest key frame, bounded: for a viewer to begin with at once. */
  latestGroup(): readonly AccessUnit[];
  /** The packets of the same. */
  latestGroupPackets(): readonly StreamPacket[];
  /** The newest sender report of each track, for a viewer to synchronise by at once. */
  latestSenderReports(): ReadonlyMap<LiveTrack, SenderReport>;
}

/** Every stream that comes in now, at most one a recorder. */
export interface LiveStreams {
  get(recorderId: string): LiveStream | null;
  list(): readonly LiveStream[];
  /** Calls the listener when a stream comes, changes its tracks or goes, until the returned function is called. */
  onChange(listener: (recorderId: string) => void): () => void;
}

/** Where no stream can come in. */
export const noLiveStreams: LiveStreams = { get: () => null, list: () => [], onChange: () => () => {} };
