import { readFileSync, writeFileSync } from 'node:fs';
import { HashPool } from '../../pull/hash-pool.ts';
import { type Step, stepChannel } from '../../step-channel.ts';
import type { ArchiveDeposit, DepositLine } from '../archive-target.ts';
import { S3Archive } from '../s3/s3-archive.ts';
import type { S3TargetSettings } from '../target-settings.ts';

/** What a process is told that deposits one clip, and is killed on the way. */
export interface DepositOrder {
  settings: S3TargetSettings;
  deposit: ArchiveDeposit;
  /** Where the session is kept between one process and the next. */
  sessionFile: string;
  /** The step at which the process kills itself, or after so many bytes; `null`: it lives. */
  dieAt: string | number | null;
}

/** The session in a file, as the queue keeps it in its table. */
class FileLine implements DepositLine {
  readonly #order: DepositOrder;
  #takenBytes = 0;

  constructor(order: DepositOrder) {
    this.#order = order;
  }

  get session(): string | null {
    return readFileSync(this.#order.sessionFile, 'utf8') || null;
  }

  async keepSession(session: string | null): Promise<void> {
    writeFileSync(this.#order.sessionFile, session ?? '', { flush: true });
  }

  async take(sizeBytes: number): Promise<void> {
    this.#takenBytes += sizeBytes;
    const { dieAt } = this.#order;
    if (typeof dieAt === 'number' && this.#takenBytes > dieAt) process.kill(process.pid, 'SIGKILL');
  }

  progress(): void {}
}

const order = JSON.parse(process.argv[2] ?? '') as DepositOrder;
stepChannel.subscribe((message) => {
  if ((message as Step).name === order.dieAt) process.kill(process.pid, 'SIGKILL');
});
const pool = new HashPool(1);
const archive = new S3Archive({ settings: order.settings, pool, depositor: 'gateway:dock-1' });
const { holding } = await archive.deposit(order.deposit, new FileLine(order), new AbortController().signal);
process.stdout.write(`${JSON.stringify(holding)}\n`);
await archive.close();
await pool.stop();
