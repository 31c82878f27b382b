/** What a receiver signs, and that nothing else is taken for it. */
import { execFile } from 'node:child_process';
import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  appendLeaf,
  ed25519Signer,
  emptyFrontier,
  isArchiveRefusal,
  leafHash,
  openNote,
  readNote,
  readReceiptText,
  readVerifierKey,
  rootOf,
  signNote,
  writeReceiptText,
} from '@docket/ingest';
import { AnsweringProxy, depositOf, FreeLine, footage, type WholeAnswer } from '@docket/ingest/archive-peers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ReceiverProcess, tokenOf } from './testing/receiver-process.ts';

const run = promisify(execFile);
const { signal } = new AbortController();
// Every receiver is a process that starts.
vi.setConfig({ testTimeout: 120_000 });

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'docket-receipts-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

async function started() {
  const receiver = await ReceiverProcess.start();
  const target = receiver.target();
  await receiver.keepRecord(target);
  return { receiver, target };
}

const ask = (receiver: ReceiverProcess, path: string) =>
  fetch(`${receiver.url}${path}`, { headers: { authorization: `Bearer ${tokenOf('dock-1')}` } });

describe('a receipt', () => {
  test('says what was read back, is checked by OpenSSL alone, and stands in the log', async () => {
    const { receiver, target } = await started();
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const notes: string[] = [];
    for (const seed of [1, 2, 3]) {
      const sent = await depositOf(footage(5000, seed), {
        retention: { class: 'long', until, isOnHold: seed === 2 },
      });
      const { note, holding } = await target.deposit(sent, new FreeLine(), signal);
      expect(holding.retain).toEqual({ mode: 'COMPLIANCE', until, isOnHold: seed === 2 });
      expect(holding.verified).toMatchObject({ level: 'readback', by: 'archive' });
      expect(holding.log).toEqual({ origin: 'archive.example/log', treeSize: seed, leafIndex: seed - 1 });
      notes.push(note ?? '');
    }
    const [note = ''] = notes;
    const { text, signatures } = readNote(note);
    const at = await folder();
    const key = Buffer.from(receiver.verifierKey.split('+').slice(2).join('+'), 'base64').subarray(1);
    // SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 §4) is this and the key.
    await writeFile(
      join(at, 'key.der'),
      Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]),
    );
    await writeFile(join(at, 'text'), text);
    await writeFile(join(at, 'signature'), signatures[0]?.signature ?? '');
    const words = [
      'pkeyutl',
      '-verify',
      '-pubin',
      '-keyform',
      'DER',
      '-inkey',
      'key.der',
      '-rawin',
      '-in',
      'text',
    ];
    const { stdout } = await run('openssl', [...words, '-sigfile', 'signature'], { cwd: at });
    expect(stdout).toContain('Signature Verified Successfully');
    await writeFile(join(at, 'text'), text.replace('5000', '5001'));
    await expect(run('openssl', [...words, '-sigfile', 'signature'], { cwd: at })).rejects.toThrow();

    const { entries } = (await (await ask(receiver, '/v1/log/entries')).json()) as { entries: string[] };
    expect(entries).toEqual(notes.map((one) => readNote(one).text));
    const frontier = entries.reduce(
      (before, entry) => appendLeaf(before, leafHash(Buffer.from(entry))).frontier,
      emptyFrontier,
    );
    const checkpoint = await (await fetch(`${receiver.url}/v1/log/checkpoint`)).text();
    expect(openNote(checkpoint, [readVerifierKey(receiver.verifierKey)]).text).toBe(
      `archive.example/log\n3\n${rootOf(frontier).toString('base64')}\n`,
    );
  });

  test('is not given for a clip whose record is not there, and the key outlives a restart', async () => {
    const receiver = await ReceiverProcess.start();
    const target = receiver.target();
    const depositing = target.deposit(await depositOf('footage'), new FreeLine(), signal);
    await expect(depositing).rejects.toMatchObject({ status: 409 });
    const key = receiver.verifierKey;
    await receiver.kill();
    await receiver.run();
    expect(receiver.verifierKey).toBe(key);
  });
});

describe('a receiver that lies in its receipt is never believed', () => {
  const stranger = ed25519Signer('archive.example', generateKeyPairSync('ed25519').privateKey);

  let receiver: ReceiverProcess;
  let end = async () => {};
  beforeAll(async () => {
    receiver = await ReceiverProcess.start({}, (how) => {
      end = how;
    });
  }, 120_000);
  afterAll(() => end());

  /** What the receiver itself could sign, had it a mind to. */
  async function lying(change: (note: string, own: (text: string) => string) => string) {
    const proxy = await AnsweringProxy.open(Number(new URL(receiver.url).port));
    onTestFinished(() => proxy.close());
    const pem = await readFile(join(receiver.folder, 'receiver.key'), 'utf8');
    const signer = ed25519Signer('archive.example', createPrivateKey(pem));
    const own = (text: string) => signNote(text, [signer]);
    proxy.when(({ method, path }) => method === 'POST' && path === '/v1/deposits', {
      kind: 'changed-answer',
      change: (answer: WholeAnswer) => {
        if (answer.status !== 200) return answer;
        const body = Buffer.from(change(answer.body.toString(), own));
        return { ...answer, headers: { ...answer.headers, 'content-length': String(body.length) }, body };
      },
    });
    const target = receiver.target({ url: proxy.url });
    await receiver.keepRecord(target);
    return target;
  }

  const resigned = (edit: (text: string) => string) => (note: string, own: (text: string) => string) =>
    own(edit(readNote(note).text));
  const otherHash = createHash('sha256').update('another clip').digest('hex');
  const said = (note: string) => readReceiptText(readNote(note).text);

  test.each<[string, string, (note: string, own: (text: string) => string) => string]>([
    [
      'another hash',
      'holds-other-bytes',
      resigned((text) => text.replace(/clip sha256:\w+/u, `clip sha256:${otherHash}`)),
    ],
    ['another length', 'holds-other-bytes', resigned((text) => text.replace(/size \d+/u, 'size 4999'))],
    [
      'another record',
      'holds-other-bytes',
      resigned((text) => text.replace(/record sha256:\w+/u, `record sha256:${otherHash}`)),
    ],
    ['another object', 'holds-other-bytes', resigned((text) => text.replace(/clips\/\w+/u, 'clips/00'))],
    [
      'less than a reading',
      'holds-other-bytes',
      resigned((text) => text.replace('verified readback', 'verified stat')),
    ],
    [
      'a shorter time',
      'not-kept',
      resigned((text) => text.replace(/until \S+/u, 'until 2020-01-01T00:00:00.000Z')),
    ],
    [
      'no time at all',
      'not-kept',
      (note, own) =>
        own(writeReceiptText({ ...said(note), retain: { mode: 'NONE', until: null, isOnHold: false } })),
    ],
    ['the key of a stranger', 'denied', (note) => signNote(readNote(note).text, [stranger])],
    ['no signature', 'denied', (note) => `${readNote(note).text}\n`],
    ['a changed digit', 'denied', (note) => note.replace('size 5000', 'size 5001')],
    ['no receipt', 'denied', (_note, own) => own('I hold it\n')],
    ['nothing', 'denied', () => ''],
  ])('%s: %s', async (_what, code, change) => {
    const target = await lying(change);
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const sent = await depositOf(footage(5000, 1), {
      retention: { class: 'ordinary', until, isOnHold: false },
    });
    const depositing = target.deposit(sent, new FreeLine(), signal);
    await expect(depositing).rejects.toSatisfy((error) => isArchiveRefusal(error) && error.code === code);
  });

  test('the receipt of another clip, replayed', async () => {
    let first: string | null = null;
    const target = await lying((note) => {
      first ??= note;
      return first;
    });
    await target.deposit(await depositOf(footage(5000, 1)), new FreeLine(), signal);
    const depositing = target.deposit(await depositOf(footage(5000, 2)), new FreeLine(), signal);
    await expect(depositing).rejects.toMatchObject({ code: 'holds-other-bytes' });
  });

  test('without a pinned key its word counts for nothing: the bytes are read back', async () => {
    const target = receiver.target({ receiptKeys: [] });
    await receiver.keepRecord(target);
    const { holding, note } = await target.deposit(await depositOf(footage(5000, 1)), new FreeLine(), signal);
    expect([holding.verified.by, holding.log, note]).toEqual(['gateway', null, null]);
    const proxy = await AnsweringProxy.open(Number(new URL(receiver.url).port));
    onTestFinished(() => proxy.close());
    proxy.when(({ path }) => path.startsWith('/v1/objects/'), {
      kind: 'changed-answer',
      change: (answer) => ({ ...answer, body: Buffer.from(answer.body).reverse() }),
    });
    const lied = receiver.target({ receiptKeys: [], url: proxy.url });
    await expect(
      lied.deposit(await depositOf(footage(5000, 2)), new FreeLine(), signal),
    ).rejects.toMatchObject({
      code: 'holds-other-bytes',
    });
  });
});
