import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Archive,
  CaseWork,
  CustodyLog,
  IndexDatabase,
  LiveSources,
  RecorderLedger,
  StoreLayout,
} from '@docket/ingest';
import { ProbesUnderWay } from '../../archive/probes-under-way.ts';
import { type Config, loadConfig, type TokenEntry } from '../../config/index.ts';
import type { Health } from '../../contract/index.ts';
import { noLiveStreams } from '../../live/live-stream.ts';
import { LivePlay } from '../../live/play/index.ts';
import { createLog } from '../../log.ts';
import { openSigningKey } from '../../signed-push/signing-key.ts';
import { SlotBoard } from '../../slots/slot-board.ts';
import { SlotCalibration } from '../../slots/slot-calibration.ts';
import { SlotLabels } from '../../slots/slot-labels.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { createHttpServer, EventHub, type HttpServer } from '../index.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  json: Record<string, unknown>;
}

export interface Question {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** The archive side of a dock that has no target. */
async function noTargets(
  index: IndexDatabase,
  custody: CustodyLog,
  folder: string,
): Promise<HttpDependencies['archive']> {
  const services = { database: index, custody, layout: new StoreLayout(folder), dockName: 'test' };
  // Only targets hash, and there are none.
  const archive = await Archive.open({ ...services, pool: {} as never, onError: () => {} }, { targets: [] });
  const assignments = [`store.directory=${folder}`, 'archive.directory.path=/none'];
  return {
    archive,
    index,
    probes: new ProbesUnderWay((target, signal, person) => archive.forwarder.probe(target, signal, person)),
    settings: await loadConfig({ file: null, environment: {}, assignments }),
    storeRoom: async () => ({ freeBytes: 1, totalBytes: 2 }),
  };
}

/** A server on a port of its own, over a real index, for tests. */
export class TestGateway {
  readonly server: HttpServer;
  readonly database: IndexDatabase;
  readonly caseWork: CaseWork;
  readonly board: SlotBoard;
  readonly labels: SlotLabels;
  readonly calibration: SlotCalibration;
  readonly events: EventHub;
  readonly folder: string;
  /** Every log line written so far. */
  readonly logLines: string[];
  healthState: Health['state'] = 'ok';

  private constructor(
    parts: Pick<
      TestGateway,
      | 'server'
      | 'database'
      | 'caseWork'
      | 'events'
      | 'folder'
      | 'logLines'
      | 'board'
      | 'labels'
      | 'calibration'
    >,
  ) {
    this.server = parts.server;
    this.database = parts.database;
    this.caseWork = parts.caseWork;
    this.events = parts.events;
    this.folder = parts.folder;
    this.logLines = parts.logLines;
    this.board = parts.board;
    this.labels = parts.labels;
    this.calibration = parts.calibration;
  }

  static async open(
    http: Partial<Config['http']> = {},
    rest: Partial<HttpDependencies> = {},
  ): Promise<TestGateway> {
    const folder = await mkdtemp(join(tmpdir(), 'docket-http-'));
    const database = await IndexDatabase.open(join(folder, 'index.sqlite'));
    const logLines: string[] = [];
    const log = createLog('trace', { write: (line) => void logLines.push(line) });
    const events = new EventHub(database, log);
    const board = new SlotBoard();
    board.onChange((slot) => events.publish({ type: 'slot', slot }));
    const custody = await CustodyLog.open(database, 'gateway:test');
    const caseWork = new CaseWork({ database, custody, onReckonError: (error) => log.error({ err: error }) });
    caseWork.operations.onChange((operationId) => events.operationChanged(operationId));
    caseWork.liveAlarms.onChange((alarmId) => events.alarmChanged(alarmId));
    const labels = await SlotLabels.open({
      file: join(folder, 'slots.json'),
      places: { placeOf: (portPath) => `hub ${portPath}`, portPathOf: (place) => place.slice('hub '.length) },
      configured: [],
      log,
    });
    const calibration = new SlotCalibration(labels);
    const server = await createHttpServer({
      http: { address: '127.0.0.1', port: 0, tokens: [], trustedHosts: [], ...http },
      version: '0.0.0-test',
      database,
      caseWork,
      zone: 'Asia/Shanghai',
      pdfBrowser: null,
      disclosureKey: (await openSigningKey(join(folder, 'disclosure-key.pem'))).told,
      clockLimits: { driftMsPerDay: 3000, faultOffsetMs: 5000 },
      board,
      labels,
      calibration,
      events,
      ledger: new RecorderLedger(database, custody),
      liveSources: await LiveSources.open(database, custody, { root: folder, incoming: folder }),
      live: { lines: () => [], pushPorts: () => ({ rtsp: null, rtmp: null }) },
      archive: await noTargets(database, custody, folder),
      writeIdentity: () => Promise.reject(new Error('no recorder is docked in this test')),
      health: async () => gateway.health(),
      rollOuts: { list: async () => [], resume: async () => false },
      mediaPath: async (clip) => (clip.storePath === null ? null : join(folder, clip.storePath, 'media')),
      thumbnailPath: (clipId) => join(folder, 'previews', `${clipId}.jpg`),
      dashboardDirectory: null,
      liveStreams: noLiveStreams,
      livePlay: new LivePlay({ streams: rest.liveStreams ?? noLiveStreams, transcodings: 1, log }),
      log,
      ...rest,
    });
    const gateway = new TestGateway({
      server,
      database,
      caseWork,
      events,
      folder,
      logLines,
      board,
      labels,
      calibration,
    });
    await server.start(new AbortController().signal);
    return gateway;
  }

  async close(): Promise<void> {
    await this.server.stop();
    await this.database.close();
    await rm(this.folder, { recursive: true });
  }

  health(): Health {
    return {
      state: this.healthState,
      version: '0.0.0-test',
      startedAt: '2026-01-01T00:00:00.000Z',
      now: '2026-01-01T00:00:01.000Z',
      store: { freeBytes: 1, totalBytes: 2, clips: 0, quarantined: 0 },
      archive: {
        ...{ target: 'archive', waitingClips: 0, waitingBytes: 0, lastReceiptAt: null, lastError: null },
        ...{ targets: [], failedFeeds: [] },
      },
      deadlines: { dueSoon: 0, missedLately: 0 },
      releasePolicy: 'never',
      components: [{ name: 'archive', state: 'ok', detail: null }],
    };
  }

  /** Sends one request, every header as given. */
  ask(path: string, { method = 'GET', headers = {}, body }: Question = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request(`${this.server.url()}${path}`, { method, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const isJson = response.headers['content-type']?.includes('json') === true && bytes.length > 0;
          const json = isJson ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : {};
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes, json });
        });
      });
      call.on('error', reject);
      call.end(body);
    });
  }

  /** Puts a recorder and a docking into the index, for clips to belong to. */
  async addDocking(dockingId: string, slot = '1-1'): Promise<void> {
    await this.database.write(async (transaction) => {
      await transaction.run(
        `INSERT OR IGNORE INTO recorder (recorder_id, serial_number, driver, identity_source, first_seen_at, last_seen_at)
         VALUES ('sn:A', 'A', 'volume', 'device', ?, ?)`,
        [instant, instant],
      );
      await transaction.run(
        `INSERT INTO docking (docking_id, slot, driver, recorder_id, state, attached_at, clock) VALUES (?, ?, 'volume', 'sn:A', 'open', ?, ?)`,
        [dockingId, slot, instant, JSON.stringify({ state: 'unreadable', reason: 'not-read-yet' })],
      );
    });
  }

  /** Puts a clip into the index and, where `bytes` are given, into the store. */
  async addClip(
    clipId: string,
    dockingId: string,
    { name = 'a.mp4', bytes }: { name?: string; bytes?: Buffer } = {},
  ) {
    const sha256 = bytes === undefined ? null : createHash('sha256').update(bytes).digest('hex');
    if (bytes !== undefined) {
      await mkdir(join(this.folder, clipId), { recursive: true });
      await writeFile(join(this.folder, clipId, 'media'), bytes);
    }
    await this.database.write((transaction) =>
      transaction.run(
        `INSERT INTO clip (clip_id, recorder_id, docking_id, path_bytes, name, path, name_encoding, kind, size_bytes, marked, state, listed_at, sha256, store_path)
         VALUES (?, 'sn:A', ?, ?, ?, ?, 'utf-8', 'video', ?, 0, ?, ?, ?, ?)`,
        [
          clipId,
          dockingId,
          Buffer.from(name),
          name,
          name,
          bytes?.length ?? 0,
          bytes === undefined ? 'listed' : 'sealed',
          instant,
          sha256,
          bytes === undefined ? null : clipId,
        ],
      ),
    );
    return sha256;
  }
}

const instant = '2026-01-01T00:00:00.000Z';

/** A configured token, its secret worked out from its name. */
export function testToken(name: string, scopes: TokenEntry['scopes']): { secret: string; entry: TokenEntry } {
  const secret = `secret-of-${name}`;
  return { secret, entry: { name, sha256: createHash('sha256').update(secret).digest('hex'), scopes } };
}
