import type { AccessUnit, LiveDescription } from '@docket/device-protocol/live';
import type { ClipRecord } from '../../clip/clip-record.ts';
import { DockingIndex } from '../../docking/docking-index.ts';
import type { Ingest } from '../../ingest.ts';
import { knownRecorder } from '../../testing/index-rows.ts';
import type { LiveRecording } from '../live-recording.ts';
import type { EncodedFootage } from './encoded-footage.ts';

export const firstArrivalMs = Date.UTC(2026, 10, 22, 18, 22, 40);

export function descriptionOf(footage: readonly EncodedFootage[]): LiveDescription {
  return { tracks: footage.map(({ track }) => track), refused: [], control: null, sdp: '' };
}

/** Units of several tracks in the order of their arrival, each as old as the other. */
export function arriving(footage: readonly EncodedFootage[], fromMs = firstArrivalMs): AccessUnit[] {
  return footage
    .flatMap(({ units }) => units)
    .map((unit) => ({ ...unit, arrival: { ...unit.arrival, atMs: unit.arrival.atMs + fromMs } }))
    .sort((left, right) => left.arrival.atMs - right.arrival.atMs);
}

/** Units as they would be had the stream gone on: media time, RTP time and arrival all later. */
export function later(units: readonly AccessUnit[], byMs: number): AccessUnit[] {
  return units.map((unit) => {
    const ticks = (byMs * unit.track.clockRateHz) / 1000;
    return {
      ...unit,
      mediaTicks: unit.mediaTicks + ticks,
      rtpTimestamp: (unit.rtpTimestamp + ticks) % 2 ** 32,
      arrival: { ...unit.arrival, atMs: unit.arrival.atMs + byMs },
    };
  });
}

/** A recording of a recorder that was docked once. */
export async function beginRecording(
  ingest: Ingest,
  footage: readonly EncodedFootage[],
  serialNumber = 'CAM001',
): Promise<LiveRecording> {
  const recorderId = await knownRecorder(new DockingIndex(ingest.database, ingest.custody), serialNumber);
  return ingest.live.begin({ recorderId, way: 'pull-rtsp', description: descriptionOf(footage) });
}

export function mediaOf(ingest: Ingest, clip: ClipRecord): string {
  return ingest.layout.mediaFile(clip.clipId, clip.name);
}
