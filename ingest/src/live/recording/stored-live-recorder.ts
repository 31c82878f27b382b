import type { LiveDescription, LiveWay } from '@docket/device-protocol/live';
import { v7 as uuidv7 } from 'uuid';
import { insertSession, sessionTracks } from '../live-index.ts';
import type { LiveRecorder, LiveRecording } from '../live-recording.ts';
import type { SegmentServices } from './open-segment.ts';
import { type RecordingSettings, SessionRecording } from './session-recording.ts';

/** Records sessions into the store: fragmented MP4, in segments that become clips. */
export class StoredLiveRecorder implements LiveRecorder {
  readonly #services: SegmentServices;
  readonly #settings: RecordingSettings;

  constructor(services: SegmentServices, settings: RecordingSettings) {
    this.#services = services;
    this.#settings = settings;
  }

  async begin(start: {
    recorderId: string;
    way: LiveWay;
    description: LiveDescription;
  }): Promise<LiveRecording> {
    const { recorderId, way, description } = start;
    const session = { sessionId: uuidv7(), recorderId, way };
    const { database, custody, now } = this.#services;
    await database.write((transaction) =>
      insertSession(transaction, custody, {
        ...session,
        tracks: sessionTracks(description.tracks),
        startedAt: new Date(now()).toISOString(),
      }),
    );
    return new SessionRecording(this.#services, this.#settings, session, description);
  }
}
