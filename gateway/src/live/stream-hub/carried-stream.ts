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
import { bufferBytes, SlabMemory } from './slab-memory.ts';

export interface CarriedStreamOptions {
  recorderId: string;
  sessionId: string;
  feed: LiveFeed;
  onSinkFailure(error: unknown): void;
}

/** Of one track. Apart, so that whoever wants but one keeps nothing of the others alive. */
interface TrackMemory {
  packets: SlabMemory;
  units: SlabMemory;
}

/** Where a packet of the newest group lies: for so many of them, much less to keep than a buffer each. */
interface PacketPlace {
  track: LiveTrack;
  slab: ArrayBufferLike;
  offsetBytes: number;
  sizeBytes: number;
}

/** One feed as all who watch it see it. What it hands out lies in memory of its own and may be kept. */
export class CarriedStream implements LiveStream {
  readonly recorderId: string;
  readonly sessionId: string;
  readonly way: LiveWay;
  readonly transport: LiveTransport;
  readonly sinceMs = Date.now();
  readonly #feed: LiveFeed;
  readonly #assembler: StreamAssembler;
  readonly #packetSinks: Sinks<PacketSink>;
  readonly #unitSinks: Sinks<UnitSink>;
  readonly #packets = new LatestGroup<PacketPlace>();
  readonly #units = new LatestGroup<AccessUnit>();
  #description: LiveDescription;
  #keyFrameStarts: ReadonlyMap<LiveTrack, KeyFrameStart>;
  readonly #memory: ReadonlyMap<number, TrackMemory>;
  readonly #senderReports = new Map<LiveTrack, SenderReport>();
  #lastUnitMs: number | null = null;
  #hasEnded = false;

  constructor({ recorderId, sessionId, feed, onSinkFailure }: CarriedStreamOptions) {
    this.recorderId = recorderId;
    this.sessionId = sessionId;
    this.way = feed.way;
    this.transport = feed.transport;
    this.#feed = feed;
    this.#description = feed.description;
    this.#keyFrameStarts = keyFrameStarts(feed.description);
    this.#memory = new Map(
      feed.description.tracks.map(({ index }) => [
        index,
        { packets: new SlabMemory(), units: new SlabMemory() },
      ]),
    );
    this.#assembler = new StreamAssembler(feed.description, {
      onUnit: (unit) => this.#unit(unit),
      // Each unit tells what was lost before it; that the sender began anew shows in its time stamps.
      onLoss() {},
      onReset() {},
      onMisnamed: ({ track }) => this.#rename(track),
    });
    const drop = (sink: PacketSink | UnitSink, error: unknown) => {
      onSinkFailure(error);
      tellEnd(sink);
    };
    this.#packetSinks = new Sinks<PacketSink>(drop);
    this.#unitSinks = new Sinks<UnitSink>(drop);
  }

  get description(): LiveDescription {
    return this.#description;
  }

  get lastUnitMs(): number | null {
    return this.#lastUnitMs;
  }

  begin(): void {
    this.#feed.begin({
      packet: (track, packet, arrival) => this.#packet(this.#trackAsItIs(track), packet, arrival),
      senderReport: (told, report, arrival) => {
        if (this.#hasEnded) return;
        const track = this.#trackAsItIs(told);
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
    return this.#packets.items().map(({ track, slab, offsetBytes, sizeBytes }) => ({
      track,
      packet: Buffer.from(slab, offsetBytes, sizeBytes),
    }));
  }

  latestSenderReports(): ReadonlyMap<LiveTrack, SenderReport> {
    return this.#senderReports;
  }

  /** The description named the wrong codec: all who watch are told the right one. */
  #rename(track: LiveTrack): void {
    const tracks = this.#description.tracks.map((one) => (one.index === track.index ? track : one));
    this.#description = { ...this.#description, tracks };
    this.#keyFrameStarts = keyFrameStarts(this.#description);
    this.#senderReports.clear();
    this.#packets.close();
    this.#packetSinks.each((sink) => sink.changed(this.#description));
    this.#unitSinks.each((sink) => sink.changed(this.#description));
  }

  /** The feed knows tracks by what it was told of them. */
  #trackAsItIs(told: LiveTrack): LiveTrack {
    return this.#description.tracks.find(({ index }) => index === told.index) ?? told;
  }

  #packet(track: LiveTrack, received: Buffer, arrival: Arrival): void {
    const memory = this.#memory.get(track.index);
    // What has no whole head is no RTP.
    if (this.#hasEnded || memory === undefined || received.length < 12) return;
    const packet = memory.packets.copy(received);
    const { buffer: slab, byteOffset: offsetBytes, length: sizeBytes } = packet;
    const place = { track, slab, offsetBytes, sizeBytes };
    if (this.#beginsGroup(track, packet)) this.#packets.begin(place, sizeBytes, arrival.atMs);
    else this.#packets.add(place, sizeBytes, arrival.atMs);
    this.#packetSinks.each((sink) => sink.packet(track, packet, arrival));
    this.#assembler.take(track, packet, arrival);
  }

  #unit(assembled: AccessUnit): void {
    const { track, isKeyFrame, arrival } = assembled;
    const memory = this.#memory.get(track.index);
    if (this.#hasEnded || memory === undefined) return;
    this.#lastUnitMs = arrival.atMs;
    // A packet may be long and hold next to nothing of the unit.
    const data = assembled.data.map((part) => memory.units.own(part));
    const unit = { ...assembled, data };
    const size = data.reduce((sum, part) => sum + part.length + bufferBytes, 0);
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

function keyFrameStarts({ tracks }: LiveDescription): ReadonlyMap<LiveTrack, KeyFrameStart> {
  const videos = tracks.filter(({ kind }) => kind === 'video');
  return new Map(videos.map((track) => [track, new KeyFrameStart(track)]));
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
