import { isDeepStrictEqual } from 'node:util';
import { parseDescription } from '../description/parse-description.ts';
import type { LiveTrack } from '../live-track.ts';
import type { ClientConnection } from './client-connection.ts';
import { FeedEnded, Redirection } from './live-error.ts';
import type { RtspRequest } from './message.ts';

const answered = 'OPTIONS, ANNOUNCE, GET_PARAMETER, SET_PARAMETER, REDIRECT, TEARDOWN';

/**
 * Answers what a server asks of its client (RFC 2326 §10); returns what ends the stream, or `null`. `tracks` are those
 * that flow.
 */
export function answerServer(
  connection: ClientConnection,
  request: RtspRequest,
  tracks: readonly LiveTrack[],
): Error | null {
  switch (request.method) {
    case 'OPTIONS':
      connection.reply(request, 200, [['Public', answered]]);
      return null;
    case 'GET_PARAMETER':
    case 'SET_PARAMETER':
      // Empty, it asks for a sign of life; we have no parameters.
      connection.reply(request, request.body.length === 0 ? 200 : 451);
      return null;
    case 'ANNOUNCE':
      connection.reply(request, 200);
      return isAnnouncedAsFlowing(request, tracks)
        ? null
        : new FeedEnded('goodbye', 'the recorder announced another description');
    case 'REDIRECT': {
      const location = request.headers.get('Location');
      connection.reply(request, location === null ? 400 : 200);
      return location === null ? null : new Redirection(location);
    }
    case 'TEARDOWN':
      connection.reply(request, 200);
      return new FeedEnded('goodbye', 'the recorder ended the session');
    default:
      connection.reply(request, 501, [['Allow', answered]]);
      return null;
  }
}

function isAnnouncedAsFlowing({ body }: RtspRequest, tracks: readonly LiveTrack[]): boolean {
  try {
    const { tracks: announced } = parseDescription(body.toString());
    return tracks.every((track) => announced.some((other) => isSameFormat(track, other)));
  } catch {
    return false;
  }
}

/** Whether packets of the one can be taken for packets of the other. */
export function isSameFormat(one: LiveTrack, other: LiveTrack): boolean {
  return isDeepStrictEqual({ ...one, control: null }, { ...other, control: null });
}
