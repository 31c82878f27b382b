import { createHash } from 'node:crypto';
import { AnsweringProxy, type AskedFor, type WholeAnswer } from './answering-proxy.ts';
import type { S3Peer, StartedS3Peer } from './s3-peer.ts';

/**
 * What a store says that is not so.
 *
 * flipped-bit      it gives the right number of bytes, one bit of them wrong, without an error: a bad disk below a store
 *                  that keeps no checksums
 * other-bytes      it gives the right number of bytes, and none of them right: the RADOS gateway on `dbstore` (Ceph 18),
 *                  for whatever came in parts
 * shorter          it gives fewer bytes than it took and calls that the whole: a store that kept what came before a crash
 * another-object   it gives what lies under another key: a cache in front that mixes up keys
 * not-stored       it takes an object, says 200 and keeps nothing: a write cache that lost its power
 * error-in-200     it answers 200 to CompleteMultipartUpload, with an error in the body (Amazon S3 API Reference,
 *                  CompleteMultipartUpload), and the object is not there
 * lock-in-words    it takes retention and holds, tells them again whenever asked, and deletes all the same: what Swift and
 *                  fauxqs do, told so well that no question finds it out
 */
export const lies = [
  'flipped-bit',
  'other-bytes',
  'shorter',
  'another-object',
  'not-stored',
  'error-in-200',
  'lock-in-words',
] as const;
export type Lie = (typeof lies)[number];

/** An engine that works, behind something that lies about it in one way. */
export class LyingStore implements StartedS3Peer {
  readonly user: S3Peer['user'];
  readonly #proxy: AnsweringProxy;

  private constructor(proxy: AnsweringProxy, user: S3Peer['user']) {
    this.#proxy = proxy;
    this.user = user;
  }

  static async before(engine: S3Peer, lie: Lie): Promise<LyingStore> {
    const proxy = await AnsweringProxy.open(Number(new URL(engine.endpoint).port));
    tellers[lie](proxy);
    return new LyingStore(proxy, engine.user);
  }

  get endpoint(): string {
    return this.#proxy.url;
  }

  async stop(): Promise<void> {
    await this.#proxy.close();
  }
}

const tellers: Readonly<Record<Lie, (proxy: AnsweringProxy) => void>> = {
  'flipped-bit': (proxy) =>
    changeReads(proxy, (body) => {
      const at = body.length >> 1;
      body[at] = (body[at] ?? 0) ^ 0x10;
      return body;
    }),
  'other-bytes': (proxy) => changeReads(proxy, (body) => body.map((byte) => byte ^ 0xa5)),
  shorter: (proxy) => changeReads(proxy, (body) => body.subarray(0, body.length >> 1)),
  'another-object': mixUpReads,
  'not-stored': storeNothing,
  'error-in-200': failCompleting,
  'lock-in-words': lockInWords,
};

function questionsOf({ path }: AskedFor): URLSearchParams {
  return new URL(path, 'http://store').searchParams;
}

/** Bucket and key, as one name. */
function nameOf({ path }: AskedFor): string {
  return new URL(path, 'http://store').pathname;
}

/** An object itself, whole, a version or a part of it; not what is said about it, and no bucket. */
function isObject(asked: AskedFor): boolean {
  const own = ['versionId', 'partNumber', 'x-id'];
  return (
    /^\/[^/]+\/./u.test(nameOf(asked)) && [...questionsOf(asked).keys()].every((name) => own.includes(name))
  );
}

function changeReads(proxy: AnsweringProxy, change: (body: Buffer) => Uint8Array): void {
  proxy.when((asked) => asked.method === 'GET' && isObject(asked), {
    kind: 'changed-answer',
    change: (answer) => (answer.status < 300 ? withBody(answer, Buffer.from(change(answer.body))) : answer),
  });
}

/** Each read gives what was read before it under another key; the first read of all is right. */
function mixUpReads(proxy: AnsweringProxy): void {
  let before: { name: string; body: Buffer } | null = null;
  proxy.when((asked) => asked.method === 'GET' && isObject(asked), {
    kind: 'changed-answer',
    change: (answer, asked) => {
      if (answer.status >= 300) return answer;
      const given = before !== null && before.name !== nameOf(asked) ? before.body : answer.body;
      before = { name: nameOf(asked), body: answer.body };
      return withBody(answer, given);
    },
  });
}

function storeNothing(proxy: AnsweringProxy): void {
  const isPut = (asked: AskedFor) => asked.method === 'PUT' && isObject(asked);
  const isCompletion = (asked: AskedFor) => asked.method === 'POST' && questionsOf(asked).has('uploadId');
  const tagOf = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`;
  const headers = () => ({ date: new Date().toUTCString() });
  proxy.when(isPut, {
    kind: 'own-answer',
    answer: (_asked, body) => ({ status: 200, headers: { ...headers(), etag: tagOf(body) } }),
  });
  proxy.when(isCompletion, {
    kind: 'own-answer',
    answer: (_asked, body) => ({
      status: 200,
      headers: { ...headers(), 'content-type': 'application/xml' },
      body: `<CompleteMultipartUploadResult><ETag>${tagOf(body)}</ETag></CompleteMultipartUploadResult>`,
    }),
  });
}

function failCompleting(proxy: AnsweringProxy): void {
  const message = 'We encountered an internal error. Please try again.';
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InternalError</Code><Message>${message}</Message></Error>`;
  proxy.when((asked) => asked.method === 'POST' && questionsOf(asked).has('uploadId'), {
    kind: 'own-answer',
    answer: { status: 200, headers: { 'content-type': 'application/xml' }, body },
  });
}

function withBody(answer: WholeAnswer, body: Buffer): WholeAnswer {
  return { ...answer, headers: { ...answer.headers, 'content-length': String(body.length) }, body };
}

/** What was said last about each object, and each bucket, is what is told; nothing of it is done. */
function lockInWords(proxy: AnsweringProxy): void {
  const said = new Map<string, string>();
  const now = () => ({ date: new Date().toUTCString() });
  for (const subject of ['retention', 'legal-hold', 'object-lock']) {
    const isOf = (asked: AskedFor) => questionsOf(asked).has(subject);
    proxy.when((asked) => asked.method === 'PUT' && isOf(asked), {
      kind: 'own-answer',
      answer: (asked, body) => {
        said.set(`${subject} ${nameOf(asked)}`, String(body));
        return { status: 200, headers: now() };
      },
    });
    proxy.when((asked) => asked.method === 'GET' && isOf(asked), {
      kind: 'own-answer',
      answer: (asked) => {
        const body = said.get(`${subject} ${nameOf(asked)}`);
        const headers = { ...now(), 'content-type': 'application/xml' };
        return body === undefined ? { status: 404, headers } : { status: 200, headers, body };
      },
    });
  }
  proxy.when((asked) => (asked.method === 'HEAD' || asked.method === 'GET') && isObject(asked), {
    kind: 'changed-answer',
    change: (answer, asked) => {
      const headers = { ...answer.headers, ...lockHeaders(said, nameOf(asked)) };
      return answer.status < 300 ? { ...answer, headers } : answer;
    },
  });
}

/** The lock an object would have, had any of it been done: its own, or that of its bucket. */
function lockHeaders(said: ReadonlyMap<string, string>, name: string): Record<string, string> {
  const tell = (about: string, element: string) =>
    new RegExp(`<${element}>([^<]*)</${element}>`, 'u').exec(said.get(about) ?? '')?.[1];
  const bucket = `object-lock /${name.split('/')[1] ?? ''}`;
  const days = tell(bucket, 'Days');
  const byBucket =
    days === undefined ? undefined : new Date(Date.now() + Number(days) * 86_400_000).toISOString();
  return known({
    'x-amz-object-lock-mode': tell(`retention ${name}`, 'Mode') ?? tell(bucket, 'Mode'),
    'x-amz-object-lock-retain-until-date': tell(`retention ${name}`, 'RetainUntilDate') ?? byBucket,
    'x-amz-object-lock-legal-hold': tell(`legal-hold ${name}`, 'Status'),
  });
}

function known(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
