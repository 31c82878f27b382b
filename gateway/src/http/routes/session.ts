import { Session, SessionRequest } from '../../contract/index.ts';
import { answers, emptyAnswers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import { sessionAnswer } from '../doors/caller.ts';
import { type Door, sessionCookie } from '../doors/door.ts';
import { sessionLifetimeMs } from '../doors/session-store.ts';

const cookie = { path: '/', httpOnly: true, sameSite: 'strict' } as const;

export function sessionRoutes(app: HttpApp, door: Door): void {
  app.get(
    '/session',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'readSession',
        summary: 'Who is asking',
        tags: ['session'],
        response: answers(Session, 'The caller, as far as known'),
      },
    },
    (request) => sessionAnswer(request.caller),
  );

  app.post(
    '/session',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'openSession',
        summary: 'Trade a token for a browser session',
        tags: ['session'],
        body: SessionRequest,
        response: answers(Session, 'The session; its cookie comes with the answer'),
      },
    },
    (request, reply) => {
      const { caller, id } = door.openSession(request, request.body.token);
      if (id !== null) {
        const secure = request.protocol === 'https';
        reply.setCookie(sessionCookie, id, { ...cookie, secure, maxAge: sessionLifetimeMs / 1_000 });
      }
      return sessionAnswer(caller);
    },
  );

  app.delete(
    '/session',
    {
      config: { scope: 'public' },
      schema: {
        operationId: 'closeSession',
        summary: 'End the browser session',
        tags: ['session'],
        response: emptyAnswers('The session has ended'),
      },
    },
    (request, reply) => {
      door.closeSession(request);
      return reply.clearCookie(sessionCookie, cookie).code(204).send();
    },
  );
}
