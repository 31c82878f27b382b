import { setTimeout as delay } from 'node:timers/promises';
import type { AccessUnit } from '@docket/device-protocol/live';
import type { LiveRecording } from '../live-recording.ts';
import { later } from './live-recordings.ts';

/** Four seconds of a stream that go on for as long as they are played, eighty times as fast as they were recorded. */
export class PlayingStream {
  readonly #recording: LiveRecording;
  readonly #units: readonly AccessUnit[];
  #round = 0;

  constructor(recording: LiveRecording, units: readonly AccessUnit[]) {
    this.#recording = recording;
    this.#units = units;
  }

  async until(isEnough: () => boolean): Promise<void> {
    while (!isEnough()) {
      for (const unit of later(this.#units, this.#round * 4000)) this.#recording.take(unit);
      this.#round += 1;
      await delay(50);
    }
  }
}
