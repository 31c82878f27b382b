import { Type } from '@docket/device-protocol/schema';
import { Identifier, PlayMessage } from '../../contract/index.ts';
import { PlayQuery, Snapshots } from '../../live/play/index.ts';
import { byteAnswers } from '../answers.ts';
import type { HttpApp } from '../app.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { HttpProblem } from '../problem.ts';
import { footagePolicy } from '../security-headers.ts';

const recorderParameters = Type.Object({ recorderId: Identifier });

const snapshotProblems = {
  'no-stream': 'no-live-stream',
  'no-picture': 'no-live-picture',
  unreadable: 'no-live-picture',
  busy: 'live-pictures-busy',
} as const;

/** Live pictures for the dashboard: as they come, and one at a time. */
export function liveMediaRoutes(app: HttpApp, { liveStreams, livePlay: play }: HttpDependencies): void {
  const snapshots = new Snapshots(liveStreams);
  app.addHook('preClose', async () => {
    snapshots.close();
    await play.close();
  });

  app.route({
    method: 'GET',
    url: '/live/streams/:recorderId/play',
    exposeHeadRoute: false,
    config: { scope: 'media', isWebSocket: true },
    schema: {
      operationId: 'playLiveStream',
      summary: 'A live stream as fragmented MP4, by WebSocket',
      description: `Text messages of the gateway are: ${JSON.stringify(PlayMessage)}. Binary ones hold media, behind a head of 20 bytes.`,
      tags: ['live'],
      params: recorderParameters,
      querystring: PlayQuery,
      response: byteAnswers({ 101: 'The WebSocket' }, 'video/mp4'),
    },
    handler: () => {
      throw new HttpProblem('websocket-needed');
    },
    wsHandler: (socket, request) => {
      const { recorderId } = request.params as { recorderId: string };
      play.watch(recorderId, socket, request.query as PlayQuery, () => request.caller.isWelcome());
    },
  });

  app.get(
    '/live/streams/:recorderId/snapshot.jpg',
    {
      exposeHeadRoute: false,
      config: { scope: 'media' },
      schema: {
        operationId: 'readLiveSnapshot',
        summary: 'The newest key frame of a live stream',
        tags: ['live'],
        params: recorderParameters,
        response: byteAnswers({ 200: 'The picture' }, 'image/jpeg'),
      },
    },
    async (request, reply) => {
      const taken = await snapshots.take(request.params.recorderId);
      if (typeof taken === 'string') throw new HttpProblem(snapshotProblems[taken]);
      return reply
        .type('image/jpeg')
        .header('content-security-policy', footagePolicy)
        .header('docket-arrived-at', new Date(taken.arrivedAtMs).toISOString())
        .send(taken.jpeg);
    },
  );
}
