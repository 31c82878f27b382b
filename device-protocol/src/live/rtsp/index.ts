/** RTSP (RFC 2326): messages of one connection, who may ask, and the client that pulls from recorders. */
export { type Challenge, parseChallenges } from './challenge.ts';
export { ClientAuthorization, type LiveCredentials } from './client-authorization.ts';
export { type CredentialHashes, type DigestAlgorithm, digestAlgorithms, hashCredentials } from './digest.ts';
export { RtspHeaders } from './headers.ts';
export { isLiveError, LiveError, type LiveErrorCode, liveErrorCodes } from './live-error.ts';
export {
  encodeFrameHead,
  encodeRequest,
  encodeResponse,
  frameHeadBytes,
  type InterleavedFrame,
  mostFramePayloadBytes,
  type RtspRequest,
  type RtspResponse,
  writeFrameHead,
} from './message.ts';
export {
  type DiscardedBytes,
  MessageStream,
  type MessageStreamOptions,
  type RtspItem,
} from './message-stream.ts';
export { openRtspFeed, type RtspFeedRequest } from './open-rtsp-feed.ts';
export { isRtspProtocolError, RtspProtocolError } from './protocol-error.ts';
export { encodeRange, type PlayRange, parseRange } from './range-header.ts';
export { encodeRtpInfo, parseRtpInfo, type RtpInfo } from './rtp-info-header.ts';
export {
  credentialsInUrl,
  parseRtspUrl,
  type RtspUrl,
  redactUrl,
  usualRtspPort,
} from './rtsp-url.ts';
export {
  type AuthenticationVerdict,
  ServerAuthentication,
  type ServerAuthenticationOptions,
} from './server-authentication.ts';
export { encodeSession, parseSession, type SessionHeader } from './session-header.ts';
export { encodeTransport, type PacketPair, parseTransports, type TransportSpec } from './transport-header.ts';
export { type PortRange, UdpPair } from './udp-pair.ts';
