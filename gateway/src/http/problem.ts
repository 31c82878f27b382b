import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../contract/index.ts';

/** Every error answer there is: its stable code, its status and its title. */
export const problemCodes = {
  'request-invalid': { status: 400, title: 'The request is not well formed' },
  'cursor-invalid': { status: 400, title: 'The cursor was not given out by this gateway' },
  'not-authenticated': { status: 401, title: 'A token or a session is needed' },
  'token-invalid': { status: 401, title: 'The token is not known' },
  'host-not-trusted': { status: 403, title: 'The gateway does not answer to this host name' },
  'cross-site': { status: 403, title: 'Requests from other sites are refused' },
  'scope-missing': { status: 403, title: 'The token does not allow this' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'media-not-stored': { status: 404, title: 'The bytes of the clip are not in the store' },
  'media-in-archive': {
    status: 404,
    title: 'The bytes of the clip have left this dock; the archive holds them',
  },
  'clip-deleted': { status: 410, title: 'The clip is deleted; its record and its certificate remain' },
  'hold-lifted': { status: 409, title: 'The hold is lifted already' },
  'deletion-decided': { status: 409, title: 'The deletion is decided already' },
  'no-thumbnail': { status: 404, title: 'The clip has no thumbnail' },
  'person-missing': { status: 400, title: 'The request must name the person who asks' },
  'duty-list-unchanged': { status: 409, title: 'The newest version of the duty list says the same already' },
  'duty-list-invalid': { status: 422, title: 'Two items of the duty list have the same number' },
  'same-person': { status: 409, title: 'Another person than the one who asked must decide' },
  'statistics-unanswerable': { status: 400, title: 'This figure cannot be asked so' },
  'review-packet-unknown': { status: 404, title: 'No such review packet was made of this case' },
  'review-not-submitted': { status: 409, title: 'This packet does not lie before review; submit it first' },
  'decision-not-publishable': { status: 409, title: 'The decision may not be published as it stands' },
  'decision-not-published': { status: 409, title: 'The decision is not marked publishable' },
  'disclosure-refused': { status: 409, title: 'This cannot be told to the public as it stands' },
  'disclosure-unknown': { status: 404, title: 'No such event waits as a dead letter' },
  'pdf-browser-missing': {
    status: 501,
    title: 'No Chromium or Chrome is installed to print with; take the HTML, or set review.pdfBrowser',
  },
  'pdf-failed': { status: 500, title: 'The packet could not be printed; take the HTML, and look at the log' },
  'exception-decided': { status: 409, title: 'The exception is decided already' },
  'link-target-unknown': { status: 404, title: 'No case system has told of this case or activity' },
  'slot-empty': { status: 409, title: 'No recorder stands in the slot' },
  'slot-busy': {
    status: 409,
    title: 'The recorder in the slot is not idle yet; wait until its clips are taken',
  },
  'calibration-running': { status: 409, title: 'Slot calibration runs already' },
  'label-taken': { status: 409, title: 'Another place has this label' },
  'label-configured': { status: 409, title: 'The label of this place stands in the configuration' },
  'not-supported': { status: 409, title: 'This recorder or its driver cannot do that' },
  'recorder-anonymous': {
    status: 409,
    title: 'The recorder names no serial number; nothing can be kept about it',
  },
  'recorder-issued': { status: 409, title: 'The recorder is issued already; take it back first' },
  'recorder-not-issued': { status: 409, title: 'The recorder is issued to nobody' },
  'recorder-out-of-service': { status: 409, title: 'The recorder is lost, broken or retired' },
  'serial-number-taken': { status: 409, title: 'Another recorder has this serial number' },
  'live-source-invalid': { status: 422, title: 'This cannot be how a recorder sends' },
  'live-password-wanted': {
    status: 422,
    title: 'The password is kept for another address; give it again, or null for none',
  },
  'live-user-taken': { status: 409, title: 'Another recorder sends under this user name' },
  'operation-closed': { status: 409, title: 'The on-site operation is closed' },
  'recorder-in-operation': { status: 409, title: 'The recorder takes part in an on-site operation already' },
  'recorder-not-in-operation': {
    status: 409,
    title: 'The recorder takes no part in this on-site operation',
  },
  'bookmark-struck': { status: 409, title: 'The bookmark is struck out already' },
  'bookmark-outside': { status: 422, title: 'The bookmark lies outside the on-site operation' },
  'recorder-failed': { status: 502, title: 'The recorder did not do what it was asked; dock it again' },
  'archive-refused': { status: 502, title: 'The archive did not do what it was asked' },
  'identity-refused': {
    status: 422,
    title: 'The recorder refused the identity; check the length of each part',
  },
  'no-live-stream': { status: 404, title: 'The recorder sends no live stream now' },
  'no-live-picture': { status: 503, title: 'No whole picture has come yet; try again in a moment' },
  'live-pictures-busy': { status: 503, title: 'Too many live pictures are asked for at once; try again' },
  'websocket-needed': { status: 426, title: 'This is a WebSocket; a plain request cannot be answered' },
  'body-too-large': { status: 413, title: 'The request body is too large' },
  'media-type-unsupported': { status: 415, title: 'The request body must be JSON' },
  'range-not-satisfiable': { status: 416, title: 'The range lies outside the file' },
  'too-many-attempts': { status: 429, title: 'Too many failed attempts; try again later' },
  internal: { status: 500, title: 'The gateway failed; its log says why' },
  'too-many-streams': { status: 503, title: 'Too many event streams are open' },
  stopping: { status: 503, title: 'The gateway is stopping' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problemCodes;

/** Thrown by a route to answer with a problem. `detail` is shown to the client. */
export class HttpProblem extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;

  constructor(code: ProblemCode, detail?: string) {
    super(detail ?? problemCodes[code].title);
    this.name = 'HttpProblem';
    this.code = code;
    this.detail = detail;
  }
}

/** The answer body of a problem (RFC 9457). */
export function problemBody(code: ProblemCode, detail?: string): Problem {
  const { status, title } = problemCodes[code];
  return {
    type: `urn:docket:problem:${code}`,
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
  };
}

/** Turns whatever was thrown into a problem. Only what was meant for the client reaches it. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code, detail } = toProblem(error);
  if (problemCodes[code].status >= 500 && !(error instanceof HttpProblem)) {
    request.log.error({ err: error, method: request.method, url: request.url }, 'request failed');
  }
  return reply
    .code(problemCodes[code].status)
    .header('cache-control', 'no-store')
    .removeHeader('content-disposition')
    .type('application/problem+json')
    .send(problemBody(code, detail));
}

function toProblem(error: FastifyError): { code: ProblemCode; detail?: string | undefined } {
  if (error instanceof HttpProblem) return { code: error.code, detail: error.detail };
  if (error.validation !== undefined) return { code: 'request-invalid', detail: error.message };
  switch (error.statusCode) {
    // Hidden files and ways out of a folder are answered like files that are not there.
    case 403:
    case 404:
      return { code: 'not-found' };
    case 413:
      return { code: 'body-too-large' };
    case 415:
      return { code: 'media-type-unsupported' };
    case 503:
      return { code: 'stopping' };
    default:
      return { code: isClientFault(error.statusCode) ? 'request-invalid' : 'internal' };
  }
}

function isClientFault(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500;
}
