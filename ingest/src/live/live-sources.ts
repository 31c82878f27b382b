import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import type { ActGround } from '../register/recorder-ledger.ts';
import type { StoreLayout } from '../store/store-layout.ts';
import { isPush, type LiveSource, type PushCredential, type PushSource } from './live-source.ts';
import { PullSecrets } from './pull-secrets.ts';
import { type PlannedSource, planSource, type WantedSource } from './wanted-source.ts';

/** A source as it now stands, and the password or stream key that was made for it: told this once. */
export interface SetSource {
  source: LiveSource;
  shown: string | null;
}

export type LiveSourceListener = (recorderId: string) => void;

/** A source beside what its row keeps of the secret. */
interface KeptSource {
  source: LiveSource;
  kept: string;
}

/**
 * Who may send live, and how: one way a recorder, and only registered recorders. Held in memory as it stands in the index,
 * so that a stranger who knocks costs no query. Passwords for pulling lie in a file of their own (`PullSecrets`); of those
 * by which recorders push only hashes are kept. Every change is one transaction with its custody entry, without secrets.
 */
export class LiveSources {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #secrets: PullSecrets;
  readonly #listeners = new Set<LiveSourceListener>();
  #sources = new Map<string, KeptSource>();
  /** Acts follow each other: the file and the index change in one order. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(database: IndexDatabase, custody: CustodyLog, secrets: PullSecrets) {
    this.#database = database;
    this.#custody = custody;
    this.#secrets = secrets;
  }

  static async open(
    database: IndexDatabase,
    custody: CustodyLog,
    layout: Pick<StoreLayout, 'root' | 'incoming'>,
  ): Promise<LiveSources> {
    const secrets = await PullSecrets.open(join(layout.root, 'live-secrets.json'), layout.incoming);
    const sources = new LiveSources(database, custody, secrets);
    await sources.#read();
    return sources;
  }

  list(): LiveSource[] {
    return [...this.#sources.values()].map(({ source }) => source);
  }

  get(recorderId: string): LiveSource | null {
    return this.#sources.get(recorderId)?.source ?? null;
  }

  /** The source that pushes under this name; `null` where none does, or it is switched off. */
  findPusher(userName: string): PushSource | null {
    for (const { source } of this.#sources.values()) {
      if (isPush(source) && source.isEnabled && source.userName === userName) return source;
    }
    return null;
  }

  /**
   * Registers how a recorder sends, in place of what was registered before. Throws IngestError LIVE_SOURCE_INVALID,
   * LIVE_PASSWORD_WANTED, LIVE_USER_TAKEN, RECORDER_UNKNOWN, RECORDER_ANONYMOUS; then nothing has changed.
   */
  set(wanted: WantedSource, ground: ActGround): Promise<SetSource> {
    return this.#next(async () => {
      const { recorderId } = wanted;
      const before = this.#sources.get(recorderId);
      const serialNumber = await this.#serialNumber(recorderId);
      const plan = planSource(wanted, before?.source ?? null, serialNumber);
      const kept = await this.#keep(plan, before?.kept ?? '');
      await this.#database.write((transaction) => this.#write(transaction, plan, kept, ground));
      await this.#read();
      this.#told(recorderId);
      const shown = plan.secret.kind === 'push' ? plan.secret.shown : null;
      return { source: this.get(recorderId) as LiveSource, shown };
    });
  }

  /** The recorder may no longer send. Throws IngestError LIVE_SOURCE_UNKNOWN. */
  remove(recorderId: string, { operator, reason }: ActGround): Promise<void> {
    return this.#next(async () => {
      await this.#database.write(async (transaction) => {
        const gone = await transaction.run('DELETE FROM live_source WHERE recorder_id = ?', [recorderId]);
        if (gone === 0) {
          throw new IngestError('LIVE_SOURCE_UNKNOWN', `nobody registered how ${recorderId} sends`);
        }
        await this.#custody.append(transaction, {
          action: 'live-source-removed',
          actor: `operator:${operator}`,
          recorderId,
          details: { reason },
        });
      });
      await this.#read();
      this.#told(recorderId);
    });
  }

  /** Calls the listener with the recorder whose source changed, until the returned function is called. */
  onChange(listener: LiveSourceListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What the row is to keep of the secret; a password to pull by is laid into the file first. */
  async #keep({ secret }: PlannedSource, before: string): Promise<string> {
    if (secret.kind === 'as-it-is') return before;
    if (secret.kind === 'push') return secret.kept;
    if (secret.password === '') return '';
    const name = uuidv7();
    await this.#secrets.put(name, secret.password);
    return name;
  }

  async #write(
    transaction: Transaction,
    { recorderId, way, url, userName, isEnabled, isAlwaysPulled, secret }: PlannedSource,
    kept: string,
    { operator, reason }: ActGround,
  ): Promise<void> {
    if (way !== 'pull-rtsp') await checkFree(transaction, recorderId, userName);
    await transaction.run(
      `INSERT INTO live_source (recorder_id, way, url, user_name, secret, is_enabled, is_always_pulled, changed_by, changed_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (recorder_id) DO UPDATE SET way = excluded.way, url = excluded.url, user_name = excluded.user_name,
         secret = excluded.secret, is_enabled = excluded.is_enabled, is_always_pulled = excluded.is_always_pulled,
         changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
      [
        recorderId,
        way,
        url,
        userName,
        kept,
        Number(isEnabled),
        Number(isAlwaysPulled),
        operator,
        new Date().toISOString(),
      ],
    );
    const isSecretNew = secret.kind !== 'as-it-is';
    await this.#custody.append(transaction, {
      action: 'live-source-set',
      actor: `operator:${operator}`,
      recorderId,
      details: { way, url, userName, isEnabled, isAlwaysPulled, isSecretNew, reason },
    });
  }

  async #serialNumber(recorderId: string): Promise<string> {
    const [row] = await this.#database.read('SELECT serial_number FROM recorder WHERE recorder_id = ?', [
      recorderId,
    ]);
    if (row === undefined) throw new IngestError('RECORDER_UNKNOWN', `there is no recorder ${recorderId}`);
    if (row.serial_number === null) {
      throw new IngestError(
        'RECORDER_ANONYMOUS',
        'a recorder that names no serial number is no one recorder',
      );
    }
    return String(row.serial_number);
  }

  async #read(): Promise<void> {
    const rows = await this.#database.read('SELECT * FROM live_source ORDER BY recorder_id');
    const kept = rows.map((row) => ({ source: sourceOf(row, this.#secrets), kept: String(row.secret) }));
    this.#sources = new Map(kept.map((one) => [one.source.recorderId, one]));
    const named = kept.filter(({ source }) => source.way === 'pull-rtsp').map((one) => one.kept);
    await this.#secrets.keepOnly(new Set(named));
  }

  #next<Result>(act: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(act);
    this.#last = done.catch(() => {});
    return done;
  }

  #told(recorderId: string): void {
    for (const listener of this.#listeners) listener(recorderId);
  }
}

async function checkFree(transaction: Transaction, recorderId: string, userName: string): Promise<void> {
  const [taken] = await transaction.all(
    "SELECT recorder_id FROM live_source WHERE user_name = ? AND way <> 'pull-rtsp' AND recorder_id <> ?",
    [userName, recorderId],
  );
  if (taken !== undefined) {
    throw new IngestError('LIVE_USER_TAKEN', `${String(taken.recorder_id)} sends under the name ${userName}`);
  }
}

function sourceOf(row: SqlRow, secrets: PullSecrets): LiveSource {
  const base = {
    recorderId: String(row.recorder_id),
    userName: String(row.user_name),
    isEnabled: row.is_enabled === 1,
    version: String(row.changed_at),
    changedBy: String(row.changed_by),
    changedAt: String(row.changed_at),
  };
  const kept = String(row.secret);
  switch (row.way as LiveSource['way']) {
    case 'pull-rtsp':
      return {
        ...base,
        way: 'pull-rtsp',
        url: String(row.url),
        secret: secrets.get(kept) ?? '',
        isAlwaysPulled: row.is_always_pulled === 1,
      };
    case 'push-rtsp':
      return {
        ...base,
        way: 'push-rtsp',
        url: null,
        secret: JSON.parse(kept) as PushCredential,
        isAlwaysPulled: false,
      };
    case 'push-rtmp':
      return { ...base, way: 'push-rtmp', url: null, secret: kept, isAlwaysPulled: false };
  }
}
