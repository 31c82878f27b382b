import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendLeaf, emptyFrontier, leafHash, rootOf } from '../../custody/merkle-tree.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { writeHeadText } from './custody-head.ts';
import { ed25519Signer } from './ed25519.ts';
import { isNoteError, type NoteErrorCode } from './note-error.ts';
import { longestNote, openNote, readNote, signNote } from './signed-note.ts';
import { newSm2Key, readSm2KeyPem, sm2KeyPem, sm2Signer } from './sm2.ts';
import { readVerifierKey } from './verifier-key.ts';

const noteError = (code: NoteErrorCode) => (error: unknown) => isNoteError(error, code);
const { privateKey } = generateKeyPairSync('ed25519');
const dock = ed25519Signer('docket/dock-1', privateKey);
const dockKey = readVerifierKey(dock.verifierKey);
const sm2Key = newSm2Key();
const sm2 = sm2Signer('docket/dock-1', sm2Key);
const other = ed25519Signer('archive.example', generateKeyPairSync('ed25519').privateKey);

describe('a signed note', () => {
  test('of the C2SP specification’s own example key is read as it stands there', () => {
    // Key and note of golang.org/x/mod/sumdb/note's documentation, made by others.
    const key = readVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const text =
      'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace(
        '’',
        "'",
      );
    const note = `${text}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
    expect(openNote(note, [key])).toEqual({ text, signedBy: [key] });
  });

  test('is opened by the keys that signed it, and lines of strangers are passed over', () => {
    const note = signNote('text\n', [other, dock, sm2]);
    expect(openNote(note, [dockKey])).toEqual({ text: 'text\n', signedBy: [dockKey] });
    const both = openNote(note, [readVerifierKey(sm2.verifierKey), dockKey]).signedBy;
    expect(both.map(({ algorithm }) => algorithm)).toEqual(['ed25519', 'sm2']);
    expect(() => openNote(note, [])).toThrow('no trusted key');
  });

  test('whose one line by a trusted key does not hold is refused, whoever else signed', () => {
    const note = signNote('size 5\n', [dock, sm2]);
    for (const trusted of [dock, sm2]) {
      const changed = note.replace('size 5', 'size 6');
      expect(() => openNote(changed, [readVerifierKey(trusted.verifierKey)])).toThrow('does not hold');
    }
    const [text, lines] = note.split('\n\n');
    const [first, second = ''] = (lines ?? '').split('\n');
    const swapped = Buffer.from(second.split(' ')[2] ?? '', 'base64');
    swapped[20] = (swapped[20] ?? 0) ^ 1;
    const mixed = `${text}\n\n${first}\n\u2014 docket/dock-1 ${swapped.toString('base64')}\n`;
    expect(() => openNote(mixed, [dockKey, readVerifierKey(sm2.verifierKey)])).toThrow('does not hold');
  });

  test.each([
    ['nothing', ''],
    ['a text alone', 'text\n'],
    ['a text and an empty line', 'text\n\n'],
    ['no line end at the end', signNote('text\n', [dock]).slice(0, -1)],
    ['a hyphen for the dash', signNote('text\n', [dock]).replace('\u2014', '-')],
    ['a second word in a name', signNote('text\n', [dock]).replace('docket/', 'docket ')],
    ['a plus in a name', signNote('text\n', [dock]).replace('docket/', 'docket+')],
    ['a tab in the text', signNote('text\n', [dock]).replace('text', 'te\txt')],
    ['Windows line ends', signNote('text\n', [dock]).replaceAll('\n', '\r\n')],
    ['Base64 that is not the shortest', signNote('text\n', [dock]).replace(/=\n$/u, '\n')],
    ['a signature of nothing', 'text\n\n\u2014 docket/dock-1 AAAAAA==\n'],
    ['an empty line among its signatures', `${signNote('text\n', [dock])}\n`],
    [
      'too many signatures',
      signNote(
        'text\n',
        Array.from({ length: 17 }, () => dock),
      ),
    ],
    ['too much text', signNote(`${'x'.repeat(longestNote)}\n`, [dock])],
  ])('is not read where it has %s', (_what, note) => {
    expect(() => readNote(note)).toThrow(expect.toSatisfy(noteError('malformed')));
  });

  test('is what comes out of signing, and nothing that was changed by one character opens', () => {
    const printing = fc
      .string({
        unit: fc.constantFrom('a', '现', '\u2014', ' ', '\n', '\u{1f600}', 'Z', '+', '='),
        maxLength: 200,
      })
      .map((text) => `${text}\n`);
    fc.assert(
      fc.property(printing, fc.nat(), fc.constantFrom('0', 'b', '\n', ' '), (text, place, character) => {
        const note = signNote(text, [dock]);
        expect(openNote(note, [dockKey])).toEqual({ text, signedBy: [dockKey] });
        const at = place % note.length;
        const changed = note.slice(0, at) + character + note.slice(at + 1);
        if (changed !== note)
          expect(() => openNote(changed, [dockKey])).toThrow(expect.toSatisfy(isNoteError));
      }),
      { numRuns: 300 },
    );
  });

  test('from a stranger is opened or refused, and nothing else happens', () => {
    const trusted = [dockKey, readVerifierKey(sm2.verifierKey)];
    const parts = fc.constantFrom(
      'text\n',
      '\n',
      '\u2014 ',
      'docket/dock-1',
      ' ',
      'AAAA',
      '\u0000',
      '\ud800',
      '=',
      dock.keyHash,
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (pieces) => {
        expect(() => openNote(pieces.join(''), trusted)).toThrow(expect.toSatisfy(isNoteError));
      }),
      { numRuns: 2000 },
    );
  });

  test('cannot be made of a text it cannot carry', () => {
    for (const text of ['no line end', '', 'nul\u0000\n', 'half \ud800\n']) {
      expect(() => signNote(text, [dock])).toThrow(expect.toSatisfy(noteError('malformed')));
    }
  });
});

describe('a verifier key', () => {
  test.each([
    ['is cut off', dock.verifierKey.slice(0, -2)],
    ['has another name', dock.verifierKey.replace('dock-1', 'dock-2')],
    ['has another hash', dock.verifierKey.replace(dock.keyHash, '00000000')],
    ['is of an unknown kind', 'a+5a1f0a5c+AgAA'],
    ['is too long', `${'n'.repeat(500)}+00000000+AAAA`],
    ['is nothing', ''],
  ])('that %s is refused', (_what, text) => {
    expect(() => readVerifierKey(text)).toThrow(expect.toSatisfy(noteError('malformed')));
  });

  test('reads back as it was written', () => {
    for (const { verifierKey, name, keyHash } of [dock, sm2]) {
      expect(readVerifierKey(verifierKey)).toMatchObject({ verifierKey, name, keyHash });
    }
  });
});

const goPath = '/usr/share/gocode';
const whyNoGo = existsSync(`${goPath}/src/golang.org/x/mod/sumdb/note/note.go`)
  ? null
  : 'Debian’s golang-golang-x-mod-dev is not installed';

/** Reads a verifier key and a note; opens it; of a checkpoint builds the tree afresh from the leaves. */
const goProgram = `package main

import (
	"bufio"
	"fmt"
	"io/ioutil"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	verifier, err := note.NewVerifier(os.Args[2])
	if err != nil {
		fmt.Println("key:", err)
		return
	}
	message, _ := ioutil.ReadFile(os.Args[3])
	opened, err := note.Open(message, note.VerifierList(verifier))
	if err != nil {
		fmt.Println("note:", err)
		return
	}
	if os.Args[1] == "open" {
		fmt.Print(opened.Text)
		return
	}
	var hashes []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, hashes[index])
		}
		return found, nil
	})
	leaves, _ := os.Open(os.Args[4])
	scanner := bufio.NewScanner(leaves)
	var size int64
	for scanner.Scan() {
		stored, err := tlog.StoredHashes(size, scanner.Bytes(), reader)
		if err != nil {
			fmt.Println("tree:", err)
			return
		}
		hashes = append(hashes, stored...)
		size++
	}
	root, _ := tlog.TreeHash(size, reader)
	fmt.Printf("%d\\n%s\\n", size, root)
	fmt.Print(opened.Text)
}
`;

describe.skipIf(whyNoGo !== null)('Go’s golang.org/x/mod/sumdb, which others wrote', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docket-go-'));
    await writeFile(join(folder, 'main.go'), goProgram);
    execFileSync('go', ['build', '-o', join(folder, 'peer'), join(folder, 'main.go')], {
      env: {
        ...process.env,
        GO111MODULE: 'off',
        GOPATH: goPath,
        GOFLAGS: '',
        GOCACHE: join(folder, 'cache'),
      },
    });
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function ask(act: 'open' | 'tree', note: string, more: string[] = []): Promise<string> {
    const file = join(await temporaryFolder(), 'note');
    await writeFile(file, note);
    return execFileSync(join(folder, 'peer'), [act, dock.verifierKey, file, ...more], { encoding: 'utf8' });
  }

  test('opens a note of ours, also with a second signature it does not know', async () => {
    const text = 'main/receipt/v1\n现场 size 5\n';
    expect(await ask('open', signNote(text, [dock]))).toBe(text);
    expect(await ask('open', signNote(text, [dock, sm2]))).toBe(text);
  });

  test('refuses one changed digit', async () => {
    const note = signNote('clip size 5\n', [dock]).replace('size 5', 'size 6');
    expect(await ask('open', note)).toContain('invalid signature');
  });

  test('builds the same root from the same entries as a head of the custody log names', async () => {
    const entries = Array.from({ length: 11 }, (_, sequence) => `{"action":"listed","sequence":${sequence}}`);
    const leaves = join(await temporaryFolder(), 'leaves');
    await writeFile(leaves, `${entries.join('\n')}\n`);
    let frontier = emptyFrontier;
    for (const entry of entries) frontier = appendLeaf(frontier, leafHash(Buffer.from(entry))).frontier;
    const head = writeHeadText({ origin: dock.name, treeSize: 11, rootHash: rootOf(frontier) });
    const [size, root, ...text] = (await ask('tree', signNote(head, [dock]), [leaves])).split('\n');
    expect([size, root]).toEqual(['11', rootOf(frontier).toString('base64')]);
    expect(text.join('\n')).toBe(head);
  });
});

describe('OpenSSL, which others wrote', () => {
  const text = 'clip size 5\n';

  /** What `openssl` says of a signature over a text, by a public key in PEM. */
  async function verified(
    command: string[],
    pem: string,
    signature: Uint8Array,
    signed = text,
  ): Promise<string> {
    const folder = await temporaryFolder();
    const file = (name: string) => join(folder, name);
    await writeFile(file('key.pem'), pem);
    await writeFile(file('text'), signed);
    await writeFile(file('signature'), signature);
    const places = command.map((word) => word.replace('@', `${folder}/`));
    try {
      return execFileSync('openssl', places, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      return String((error as { stdout?: unknown }).stdout);
    }
  }

  const [ed25519Line, sm2Line] = readNote(signNote(text, [dock, sm2])).signatures;
  const ed25519 = [
    'pkeyutl',
    '-verify',
    '-pubin',
    '-rawin',
    '-inkey',
    '@key.pem',
    '-in',
    '@text',
    '-sigfile',
    '@signature',
  ];
  const sm2Dgst = [
    'dgst',
    '-sm3',
    '-verify',
    '@key.pem',
    '-sigopt',
    'distid:1234567812345678',
    '-signature',
    '@signature',
    '@text',
  ];

  test('verifies the Ed25519 line, and not of another text', async () => {
    const pem = String(createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }));
    const signature = ed25519Line?.signature ?? Buffer.of();
    expect(await verified(ed25519, pem, signature)).toContain('Verified Successfully');
    expect(await verified(ed25519, pem, signature, 'clip size 6\n')).toContain('Verification Failure');
  });

  test('verifies the SM2 line, and not of another text', async () => {
    const pem = await publicPem();
    const signature = sm2Line?.signature ?? Buffer.of();
    expect(await verified(sm2Dgst, pem, signature)).toContain('Verified OK');
    expect(await verified(sm2Dgst, pem, signature, 'clip size 6\n')).toContain('Verification failure');
  });

  test('signs by SM2 what we verify', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'key.pem'), sm2KeyPem(sm2Key));
    await writeFile(join(folder, 'text'), text);
    const signature = execFileSync('openssl', [
      'dgst',
      '-sm3',
      '-sign',
      join(folder, 'key.pem'),
      '-sigopt',
      'distid:1234567812345678',
      join(folder, 'text'),
    ]);
    const key = readVerifierKey(sm2.verifierKey);
    expect(key.verify(Buffer.from(text), signature)).toBe(true);
    expect(key.verify(Buffer.from('clip size 6\n'), signature)).toBe(false);
  });

  async function publicPem(): Promise<string> {
    const file = join(await temporaryFolder(), 'key.pem');
    await writeFile(file, sm2KeyPem(sm2Key));
    return execFileSync('openssl', ['pkey', '-in', file, '-pubout'], { encoding: 'utf8' });
  }
});

describe('an SM2 key in its file', () => {
  test('reads back, and what is no such key does not', () => {
    const pem = sm2KeyPem(sm2Key);
    expect(readSm2KeyPem(pem)).toEqual({
      secret: Buffer.from(sm2Key.secret),
      point: Buffer.from(sm2Key.point),
    });
    const strange = sm2KeyPem({ secret: newSm2Key().secret, point: sm2Key.point });
    for (const text of ['', pem.slice(1), pem.replace('EC PRIVATE', 'PRIVATE'), strange]) {
      expect(readSm2KeyPem(text)).toBeNull();
    }
  });

  test('signs nothing that holds in another form than the shortest DER', () => {
    const key = readVerifierKey(sm2.verifierKey);
    const bytes = Buffer.from('text\n');
    const signature = Buffer.from(sm2.sign(bytes));
    expect(key.verify(bytes, signature)).toBe(true);
    const longer = Buffer.concat([signature, Buffer.of(0)]);
    const counted = Buffer.concat([
      Buffer.of(0x30, (signature[1] ?? 0) + 1),
      signature.subarray(2),
      Buffer.of(0),
    ]);
    for (const strange of [longer, counted, signature.subarray(1), Buffer.of(), Buffer.alloc(70)]) {
      expect(key.verify(bytes, strange)).toBe(false);
    }
  });
});
