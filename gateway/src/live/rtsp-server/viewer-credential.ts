import { hashCredentials } from '@docket/device-protocol/live';
import { rtspRealm, type Viewer } from './rtsp-door.ts';

/** An entry of `live.rtsp.viewers`: what is kept of a viewer's password. */
export function viewerCredential(name: string, password: string): Viewer {
  return { name, ...hashCredentials(name, rtspRealm, password) };
}
