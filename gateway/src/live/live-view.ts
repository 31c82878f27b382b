import type { LineStanding } from './supervisor/live-supervisor.ts';

/** How a recorder's line stands, with what its stream carries now. */
export interface LiveLine extends LineStanding {
  /** Over the last seconds; `null` without a stream. */
  bitsPerSecond: number | null;
  /** Who watches now, by RTSP and in dashboards. */
  viewers: number;
}

/** What HTTP shows of live streams. */
export interface LiveView {
  /** Every recorder that sends or should send. */
  lines(): readonly LiveLine[];
  /** The ports on which recorders push; `null` where that way is switched off. */
  pushPorts(): { rtsp: number | null; rtmp: number | null };
}
