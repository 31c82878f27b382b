import type { S3TargetSettings } from '@docket/ingest';

/** What `forward-clips.ts` is to do. */
export interface ForwardOrder {
  /** A store with sealed clips. */
  store: string;
  target: S3TargetSettings;
  /** A card that is docked while the rest is on its way; `null`: none. */
  late: { folder: string; afterSeconds: number } | null;
}
