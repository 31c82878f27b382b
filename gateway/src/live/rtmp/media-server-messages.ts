/** What crosses the channel between the gateway and its media server. */

/** Somebody wants to publish: their key is in here, and in no line of a log. */
export interface PublishQuestion {
  says: 'asks';
  connection: number;
  app: string;
  name: string;
  key: string;
}

export type FromMediaServer =
  | { says: 'ready' }
  | { says: 'alive' }
  | PublishQuestion
  | { says: 'refused-play'; connection: number }
  | { says: 'closed'; connection: number; isGoodbye: boolean }
  /** An input that it could not take; `fault` names the kind of error, and holds nothing of the input. */
  | { says: 'fault'; connection: number | null; fault: string }
  | { says: 'log'; line: string };

export type ToMediaServer =
  | { says: 'are-you-alive' }
  | { says: 'answer'; connection: number; isAccepted: boolean };

/** The two doors of the media server in a folder that only our user may enter. */
export const doorsIn = (folder: string) => ({ rtmp: `${folder}/rtmp`, flv: `${folder}/flv` });

/** Where the media server gives out the stream of a connection. */
export const flvPathOf = (connection: number) => `/live/c${connection}.flv`;

/** Before the bytes of a connection, its number: 4 bytes, big end first. */
export const connectionNumberBytes = 4;
