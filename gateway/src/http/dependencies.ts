import type {
  ActGround,
  CaseWork,
  ClipRecord,
  ClockLimits,
  IndexDatabase,
  Ingest,
  LiveSources,
  RecorderLedger,
} from '@docket/ingest';
import type { ArchiveDesk } from '../archive/archive-desk.ts';
import type { Config } from '../config/index.ts';
import type { DisclosureKey, Health, RollOutView } from '../contract/index.ts';
import type { LiveStreams } from '../live/live-stream.ts';
import type { LiveView } from '../live/live-view.ts';
import type { LivePlay } from '../live/play/index.ts';
import type { Log } from '../log.ts';
import type { SlotBoard } from '../slots/slot-board.ts';
import type { SlotCalibration } from '../slots/slot-calibration.ts';
import type { SlotLabels } from '../slots/slot-labels.ts';
import type { EventHub } from './events/event-hub.ts';

/** All that the HTTP side needs of the gateway. */
export interface HttpDependencies {
  http: Config['http'];
  version: string;
  database: IndexDatabase;
  caseWork: CaseWork;
  /** IANA zone of the dock. */
  zone: string;
  /** The browser that prints; `null`: the one on the path. */
  pdfBrowser: string | null;
  /** What receivers check signatures with. */
  disclosureKey: DisclosureKey;
  /** What clocks are judged by. */
  clockLimits: ClockLimits;
  board: SlotBoard;
  labels: SlotLabels;
  calibration: SlotCalibration;
  events: EventHub;
  ledger: RecorderLedger;
  liveSources: LiveSources;
  /** Live streams as they are now. */
  live: LiveView;
  archive: ArchiveDesk;
  writeIdentity: Ingest['writeIdentity'];
  health(): Promise<Health>;
  rollOuts: {
    list(): Promise<RollOutView[]>;
    /** False where no roll-out of this image is stopped. */
    resume(imageHash: string, ground: ActGround): Promise<boolean>;
  };
  /** Where the stored bytes of a clip lie; `null` where they do not (yet). */
  mediaPath(clip: ClipRecord): Promise<string | null>;
  /** Where the thumbnail of a clip lies, once it has one. */
  thumbnailPath(clipId: string): string;
  /** Folder of the built dashboard; `null` serves the API alone. */
  dashboardDirectory: string | null;
  /** Streams of recorders that come in now. */
  liveStreams: LiveStreams;
  /** Shows them to browsers. */
  livePlay: LivePlay;
  log: Log;
  /** Time between two signs of life on an event stream. */
  heartbeatIntervalMs?: number;
}
