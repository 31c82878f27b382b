import {
  type AccessUnit,
  type Arrival,
  type LiveDescription,
  type LiveFeed,
  type LiveTrack,
  type LiveTransport,
  type LiveWay,
  type SenderReport,
  StreamAssembler,
  type TrackFormat,
} from '@docket/device-protocol/live';
import type { LiveStream, PacketSink, StreamPacket, UnitSink } from '../live-stream.ts';
import { KeyFrameStart } from './key-frame-start.ts';
import { LatestGroup } from './latest-group.ts';
import { Sinks } from './sinks.ts';

export interface CarriedStreamOptions {
  recorderId: string;
  sessionId: string;
  feed: LiveFeed;
  onSinkFailure(error: unknown): void;
}

/** One feed as all who watch it see it. */
export class CarriedStream implements LiveStream {
  readonly recorderId: string;
  readonly sessionId: string;
  readonly way: LiveWay;
  readonly transport: LiveTransport;
  readonly description: LiveDescription;
  readonly sinceMs = Date.now();
  readonly #feed: LiveFeed;
  readonly #assembler: StreamAssembler;
  readonly #packetSinks: Sinks<PacketSink>;
  readonly #unitSinks: Sinks<UnitSink>;
  readonly #packets = new LatestGroup<StreamPacket>();
  readonly #units = new LatestGroup<AccessUnit>();
  readonly #keyFrameStarts: ReadonlyMap<LiveTrack, KeyFrameStart>;
  readonly #senderReports = new Map<LiveTrack, SenderReport>();
  #lastUnitMs: number | null = null;
  #hasEnded = false;

  constructor({ recorderId, sessionId, feed, onSinkFailure }: CarriedStreamOptions) {
    this.recorderId = recorderId;
    this.sessionId = sessionId;
    this.way = feed.way;
    this.transport = feed.transport;
    this.description = feed.description;
    this.#feed = feed;
    const videos = feed.description.tracks.filter(({ kind }) => kind === 'video');
    this.#keyFrameStarts = new Map(videos.map((track) => [track, new KeyFrameStart(track)]));
    this.#assembler = new StreamAssembler(feed.description, {
      onUnit: (unit) => this.#unit(unit),
      onLoss: (loss) => this.#unitSinks.each((sink) => sink.lost?.(loss)),
      onReset: (reset) => this.#unitSinks.each((sink) => sink.reset?.(reset)),
    });
    const drop = (sink: PacketSink | UnitSink, error: unknown) => {
      onSinkFailure(error);
      tellEnd(sink);
    };
    this.#packetSinks = new Sinks<PacketSink>(drop);
    this.#unitSinks = new Sinks<UnitSink>(drop);
  }

  get lastUnitMs(): number | null {
    return this.#lastUnitMs;
  }

  begin(): void {
    this.#feed.begin({
      packet: (track, packet, arrival) => this.#packet(track, packet, arrival),
      senderReport: (track, report, arrival) => {
        if (this.#hasEnded) return;
        this.#senderReports.set(track, report);
        this.#packetSinks.each((sink) => sink.senderReport(track, report, arrival));
      },
    });
  }

  /** Tells all who watch that nothing more comes; whatever the feed still brings is dropped. */
  end(): void {
    if (this.#hasEnded) return;
    this.#assembler.flush();
    this.#hasEnded = true;
    this.#packetSinks.each(tellEnd);
    this.#unitSinks.each(tellEnd);
    this.#packetSinks.clear();
    this.#unitSinks.clear();
    this.#packets.close();
    this.#units.close();
  }

  format(track: LiveTrack): TrackFormat | null {
    return this.#assembler.format(track);
  }

  watchPackets(sink: PacketSink): () => void {
    return watch(this.#packetSinks, sink, this.#hasEnded);
  }

  watchUnits(sink: UnitSink): () => void {
    return watch(this.#unitSinks, sink, this.#hasEnded);
  }

  latestGroup(): readonly AccessUnit[] {
    return this.#units.items();
  }

  latestGroupPackets(): readonly StreamPacket[] {
    return this.#packets.items();
  }

  latestSenderReports(): ReadonlyMap<LiveTrack, SenderReport> {
    return this.#senderReports;
  }

  #packet(track: LiveTrack, packet: Buffer, arrival: Arrival): void {
    // What has no whole head is no RTP.
    if (this.#hasEnded || packet.length < 12) return;
    const item = { track, packet, arrival };
    if (this.#beginsGroup(track, packet)) this.#packets.begin(item, packet.length, arrival.atMs);
    else this.#packets.add(item, packet.length, arrival.atMs);
    this.#packetSinks.each((sink) => sink.packet(track, packet, arrival));
    this.#assembler.take(track, packet, arrival);
  }

  #unit(unit: AccessUnit): void {
    if (this.#hasEnded) return;
    const { track, isKeyFrame, data, arrival } = unit;
    this.#lastUnitMs = arrival.atMs;
    const size = data.reduce((sum, part) => sum + part.length, 0);
    if (isKeyFrame && this.#leadsGroups(track)) this.#units.begin(unit, size, arrival.atMs);
    else this.#units.add(unit, size, arrival.atMs);
    this.#unitSinks.each((sink) => sink.unit(unit));
  }

  #beginsGroup(track: LiveTrack, packet: Buffer): boolean {
    const start = this.#keyFrameStarts.get(track);
    return start === undefined ? this.#leadsGroups(track) : start.isAt(packet) && this.#leadsGroups(track);
  }

  /** A group begins with a picture of the first video track; where there is none, with any sound. */
  #leadsGroups(track: LiveTrack): boolean {
    const [leading] = this.#keyFrameStarts.keys();
    return leading === undefined || leading === track;
  }
}

function watch<Sink extends PacketSink | UnitSink>(
  sinks: Sinks<Sink>,
  sink: Sink,
  hasEnded: boolean,
): () => void {
  if (!hasEnded) return sinks.add(sink);
  tellEnd(sink);
  return () => {};
}

/** A sink that cannot even take its end is beyond telling. */
function tellEnd(sink: PacketSink | UnitSink): void {
  try {
    sink.changed(null);
  } catch {
    return;
  }
}
