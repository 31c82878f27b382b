import { mkdir, writeFile } from 'node:fs/promises';
import { plugNetwork } from '../devices/network.ts';
import { expectEqual, expectTrue } from '../expect.ts';
import type { Card, Lab } from '../lab.ts';
import { LiveApi, type SegmentAnswer, type SessionAnswer } from '../live/live-api.ts';
import { PushingRecorder } from '../live/pushing-recorder.ts';
import { writeFat32Card } from '../media/card-image.ts';
import { writeFilm } from '../media/film.ts';
import type { Scenario } from '../scenario.ts';

const ports = { api: 8080, rtsp: 8554, rtmp: 1935 };
const serialNumbers = { rtsp: 'LAB-LIVE', hevc: 'LAB-HEVC', rtmp: 'LAB-RTMP' };
/** Long enough to be still under way when a slow guest has been asked for this and that. */
const filmSeconds = 30;
/** One a run of the gateway. */
const films = ['FILM_1.MP4', 'FILM_2.MP4', 'FILM_3.MP4'];
const caseId = 'lab/case-1';

export const liveOperation: Scenario = {
  name: 'live-operation',
  title:
    'an operation under the shipped sandbox: RTSP, RTMP and H.265 are recorded, shown and linked through a restart and a SIGKILL, and the docked card confirms them',
  run: async (lab) => {
    const footage = lab.file('live');
    await mkdir(`${footage}/DCIM/100MEDIA`, { recursive: true });
    const film = (name: string) => `${footage}/DCIM/100MEDIA/${name}`;
    for (const [index, name] of films.entries()) {
      await writeFilm(film(name), { codec: 'libx264', seconds: filmSeconds, hue: index * 90 });
    }
    const hevc = lab.file('hevc.mp4');
    await writeFilm(hevc, { codec: 'libx265', seconds: filmSeconds, hue: 45 });
    const { api, at } = await openSite(lab);
    const recorders = await register(api);
    const main = new PushingRecorder(lab, at.rtsp(serialNumbers.rtsp, recorders.rtsp.secret));
    const coded = new PushingRecorder(lab, at.rtsp(serialNumbers.hevc, recorders.hevc.secret));
    const flash = new PushingRecorder(lab, at.rtmp(serialNumbers.rtmp, recorders.rtmp.secret));
    const operationId = await openOperation(api, Object.values(recorders));

    coded.send(hevc, 'over-and-over');
    flash.send(hevcFree(film), 'over-and-over');
    await recording(api, recorders.hevc.recorderId, coded, hevc);
    await recording(api, recorders.rtmp.recorderId, flash, hevcFree(film));
    await watched(api, recorders.hevc.recorderId);
    await Promise.all([coded.stop(), flash.stop()]);

    await recording(api, recorders.rtsp.recorderId, main, film('FILM_1.MP4'), 'once');
    await bookmark(api, operationId, 'credentials-shown');
    await lab.machine.sh('systemctl restart docket', 600_000);
    await main.ended();
    await recording(api, recorders.rtsp.recorderId, main, film('FILM_2.MP4'), 'once');
    await lab.machine.sh('sleep 4; systemctl kill --kill-whom=main --signal=SIGKILL docket');
    await main.ended();
    await recording(api, recorders.rtsp.recorderId, main, film('FILM_3.MP4'), 'once');
    await main.ended();
    await bookmark(api, operationId, 'inspection-ended');
    await api.ask('POST', `/operations/${operationId}/close`, { person: '张三' });

    const sessions = await sealed(
      api,
      Object.values(recorders).map(({ recorderId }) => recorderId),
    );
    await playable(lab, sessions);
    await linked(
      api,
      sessions.flatMap(({ segments }) => segments),
    );
    const causes = sessions.flatMap(({ gaps, session }) => [
      session.endCause,
      ...gaps.map(({ cause }) => cause),
    ]);
    expectTrue(`a gap says that the gateway stopped: ${causes}`, causes.includes('gateway-stopped'));
    await soundBelowSandbox(lab);

    const card: Card = { image: lab.file('live.img'), footage: [] };
    await identify(footage);
    await writeFat32Card(card.image, 'RECORDER', footage, 48);
    await lab.plugCard('live', 1, card);
    const slot = await lab.docket.safe('2-1');
    expectEqual('the docked recorder', slot.recorder?.serialNumber, serialNumbers.rtsp);
    await confirmed(api, recorders.rtsp.recorderId);
    await soundBelowSandbox(lab);
    await lab.docket.verify();
    await alarmsSeen(api);
    const { state } = await api.read<{ state: string }>('/health');
    expectEqual('health', state, 'ok');
  },
};

/** What goes by RTMP: any film that is H.264. */
function hevcFree(film: (name: string) => string): string {
  return film('FILM_1.MP4');
}

/** The gateway as a station sets it up: both ports open to the network, ffmpeg there, the clock in step. */
async function openSite(lab: Lab) {
  await lab.machine.sh('ln -s /lab/ffmpeg /lab/ffprobe /usr/bin/');
  await lab.docket.restartWith({
    DOCKET_LIVE_RTSP_ADDRESS: '0.0.0.0',
    DOCKET_LIVE_RTSP_PORT: `${ports.rtsp}`,
    DOCKET_LIVE_RTMP_ADDRESS: '0.0.0.0',
    DOCKET_LIVE_RTMP_PORT: `${ports.rtmp}`,
    DOCKET_LIVE_SEGMENT_SECONDS: '20',
    DOCKET_CLOCK_HOST_SOURCE: 'assume-synchronised',
  });
  await lab.machine.sh(
    `systemd-run --collect socat TCP-LISTEN:${ports.api},fork,reuseaddr TCP:127.0.0.1:8686`,
  );
  const forwarded = await plugNetwork(lab.machine, 8, Object.values(ports));
  const api = new LiveApi(forwarded.get(ports.api) ?? 0);
  await api.until('the gateway answers', () => api.read('/health').then(() => true), 300_000);
  const at = {
    rtsp: (user: string, password: string) =>
      `rtsp://${user}:${password}@127.0.0.1:${forwarded.get(ports.rtsp)}/live/lab`,
    rtmp: (user: string, key: string) =>
      `rtmp://127.0.0.1:${forwarded.get(ports.rtmp)}/live/${user}?key=${key}`,
  };
  return { api, at };
}

async function register(api: LiveApi) {
  return {
    rtsp: await api.register(serialNumbers.rtsp, 'push-rtsp'),
    hevc: await api.register(serialNumbers.hevc, 'push-rtsp'),
    rtmp: await api.register(serialNumbers.rtmp, 'push-rtmp'),
  };
}

async function openOperation(api: LiveApi, recorders: readonly { recorderId: string }[]): Promise<string> {
  const unit = { kind: 'unit', id: 'unit-1', name: '执法队', departmentId: 'd1' };
  const ofCase = {
    ...{
      kind: 'case',
      id: 'case-1',
      number: '示检〔2026〕1号',
      name: '示例案',
      departmentId: 'd1',
      unitId: 'unit-1',
    },
    ...{ category: '检查', openedOn: '2026-08-04', retention: '10年' },
  };
  await api.ask('POST', '/inbound', { sender: 'lab', records: [unit, ofCase] });
  const { operation } = await api.ask<{ operation: { operationId: string } }>('POST', '/operations', {
    title: '现场检查',
    caseId,
    recorders: recorders.map(({ recorderId }) => ({ recorderId })),
    person: '张三',
  });
  return operation.operationId;
}

async function bookmark(api: LiveApi, operationId: string, kind: string): Promise<void> {
  await api.ask('POST', `/operations/${operationId}/bookmarks`, { kind, person: '张三' });
}

/** Has the recorder send, and connect again where it was turned away, until its stream is recorded. */
async function recording(
  api: LiveApi,
  recorderId: string,
  recorder: PushingRecorder,
  film: string,
  times: 'once' | 'over-and-over' = 'over-and-over',
): Promise<void> {
  await api.until(
    `${recorderId} is recorded`,
    async () => {
      if (recorder.isOver) {
        await api.read('/health');
        recorder.send(film, times);
      }
      return (await api.stream(recorderId))?.state === 'recording';
    },
    300_000,
  );
}

/** ffmpeg runs below the sandbox: H.265 for a browser that cannot show it, and a still picture. */
async function watched(api: LiveApi, recorderId: string): Promise<void> {
  const came = await api.watch(recorderId, 6, 120_000);
  expectTrue('H.265 is transcoded for the viewer, who is told so', came.includes('"transcodedFrom":"h265"'));
  expectTrue('what the viewer gets is H.264', came.includes('avc1') && !came.includes('hvc1'));
  // While the transcoder still runs, the guest may be too slow for a second ffmpeg: the answer then is to ask again.
  const jpeg = await api.until('a still picture', () => api.snapshot(recorderId));
  expectEqual('the still picture begins as JPEG', jpeg.subarray(0, 3).toString('hex'), 'ffd8ff');
}

/** Waits until every segment stands sealed, with nothing to be looked at. */
async function sealed(api: LiveApi, recorderIds: readonly string[]): Promise<SessionAnswer[]> {
  return api.until('every segment is sealed', async () => {
    const sessions = (await Promise.all(recorderIds.map((recorderId) => api.sessions(recorderId)))).flat();
    const segments = sessions.flatMap((session) => session.segments);
    for (const segment of segments) {
      if (segment.quarantine !== null || segment.state === 'lost') {
        throw new Error(`a segment is not sound: ${JSON.stringify(segment)}`);
      }
    }
    const isDone = segments.every(({ sha256, state }) => sha256 !== null && state !== 'recording');
    return (
      segments.length >= 6 && sessions.every(({ session }) => session.endedAt !== null) && isDone && sessions
    );
  });
}

/** Another program decodes the segments of each session; to start it costs the guest most. That nothing is missing is for hashes to say. */
async function playable(lab: Lab, sessions: readonly SessionAnswer[]): Promise<void> {
  for (const { session, segments } of sessions) {
    const inputs = segments.map(({ clipId }) => `-i /var/lib/docket/store/clips/*/${clipId}/media.mp4`);
    const maps = segments.map((_, index) => `-map ${index}`);
    const complaints = await lab.machine.sh(
      `/lab/ffmpeg -nostdin -v error -xerror ${inputs.join(' ')} ${maps.join(' ')} -f null - 2>&1`,
      300_000,
    );
    expectEqual(`what ffmpeg says of session ${session.sessionId}`, complaints.trim(), '');
  }
}

/** Each segment is linked to the case of the operation, by the operation. */
async function linked(api: LiveApi, segments: readonly SegmentAnswer[]): Promise<void> {
  for (const { clipId, name } of segments) {
    await api.until(`${name} is linked`, async () => {
      const { links } = await api.read<{ links: { caseId: string; source: string }[] }>(
        `/clips/${clipId}/links`,
      );
      return links.some((link) => link.caseId === caseId && link.source === 'live');
    });
  }
}

/** No program is left that should be gone, and nobody was refused anything. */
async function soundBelowSandbox(lab: Lab): Promise<void> {
  const group = '/sys/fs/cgroup/system.slice/docket.service/cgroup.procs';
  // Pictures of live streams go through pipes; other tools may well be looking into clips.
  await lab.machine.until(`! ps -o args= -p $(paste -sd, ${group}) | grep 'pipe:0'`);
  const servers = await lab.machine.sh(
    `ps -o args= -p $(paste -sd, ${group}) | grep -c '^/usr/bin/node.*media-server-main'`,
  );
  expectEqual('media servers', servers.trim(), '1');
  const refused = await lab.machine.attempt(
    "journalctl --no-pager -b -u docket | grep -iE 'EPERM|EACCES|EROFS|read-only|not permitted|permission denied|seccomp|bad system call|cannot allocate|EAGAIN'",
  );
  expectEqual('what the sandbox refused', refused.output.trim(), '');
}

/** Whoever took part and sent no more was told of. Nothing else was lost, and once somebody has seen it the dock is well. */
async function alarmsSeen(api: LiveApi): Promise<void> {
  const { alarms } = await api.read<{ alarms: { alarmId: string; kind: string; isGrave: boolean }[] }>(
    '/live/alarms?open=true&limit=200',
  );
  const grave = alarms.filter(({ isGrave }) => isGrave);
  expectEqual('grave alarms', [...new Set(grave.map(({ kind }) => kind))], ['not-recording']);
  for (const { alarmId } of grave) await api.ask('POST', `/live/alarms/${alarmId}/seen`, { person: '张三' });
}

/** The recorder says who it is, as Android body cameras do. */
async function identify(card: string): Promise<void> {
  await mkdir(`${card}/DCAM_FACTORY`);
  await writeFile(
    `${card}/DCAM_FACTORY/device_identity.json`,
    JSON.stringify({ device_id: serialNumbers.rtsp }),
  );
}

/** Every moment that came live is on the card, picture by picture. */
async function confirmed(api: LiveApi, recorderId: string): Promise<void> {
  const sessions = await api.sessions(recorderId);
  await api.until(
    'the docked card confirms what came live',
    async () => {
      for (const { session, segments } of sessions) {
        const found = await api.read<{
          comparisonsWaiting: number;
          matches: { clipId: string | null; verdict: string }[];
        }>(`/live/sessions/${session.sessionId}/reconciliation`);
        const verdicts = found.matches.filter(({ clipId }) => clipId !== null).map(({ verdict }) => verdict);
        if (verdicts.some((verdict) => verdict === 'live-only'))
          throw new Error(`live-only: ${JSON.stringify(found)}`);
        const isDone = found.comparisonsWaiting === 0 && verdicts.length >= segments.length;
        if (!isDone || verdicts.some((verdict) => verdict !== 'confirmed')) {
          throw new Error(JSON.stringify(found.matches));
        }
      }
      return true;
    },
    300_000,
  );
}
