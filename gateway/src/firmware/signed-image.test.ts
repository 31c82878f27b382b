import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkSignedImage,
  readSignedImage,
  readSigningKeys,
  type SigningKey,
  UnusableImage,
} from './signed-image.ts';
import { ImageWorkshop } from './testing/image-workshop.ts';

let workshop: ImageWorkshop;
let keys: SigningKey[];

beforeAll(async () => {
  workshop = await ImageWorkshop.open();
  const files = [await workshop.key('maker', 'ed25519'), await workshop.key('house', 'p256')];
  await workshop.key('stranger', 'ed25519');
  keys = await readSigningKeys(files);
});

afterAll(() => workshop.close());

describe.each(['maker', 'house'])('an image signed by OpenSSL with the key of the %s', (name) => {
  test.each([[], ['protected']])('is good, with TLVs %j', async (...more) => {
    const path = await workshop.image('2.1.7+9', 5000, name, ...more.flat());
    const signed = await readSignedImage(path, keys);
    expect(signed).toMatchObject({ version: '2.1.7+9', signedBy: name });
    expect(signed.hash).toMatch(/^[0-9a-f]{64}$/u);
  });

  test('is good for nothing once any byte of it is changed', async () => {
    const file = await readFile(await workshop.image('1.0.0+0', 300, name, 'protected'));
    expect(checkSignedImage(file, keys).version).toBe('1.0.0');
    for (let at = 0; at < file.length; at++) {
      const changed = Uint8Array.from(file);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      expect(() => checkSignedImage(changed, keys), `byte ${at}`).toThrow(UnusableImage);
    }
  });

  test('is good for nothing when cut or lengthened', async () => {
    const file = await readFile(await workshop.image('1.0.0+0', 300, name));
    for (let length = 0; length < file.length; length++) {
      expect(() => checkSignedImage(file.subarray(0, length), keys)).toThrow(UnusableImage);
    }
    expect(() => checkSignedImage(Buffer.concat([file, Buffer.from([0])]), keys)).toThrow('nobody signed');
  });
});

test('an image signed by somebody else is not used, nor one for which there is no key', async () => {
  const path = await workshop.image('1.0.0+0', 300, 'stranger');
  await expect(readSignedImage(path, keys)).rejects.toThrow('none of the configured keys');
  await expect(readSignedImage(await workshop.image('1.0.0+0', 300, 'maker'), [])).rejects.toThrow(
    UnusableImage,
  );
});

test('what is no image, no key, or not there, is named', async () => {
  const nothing = join(workshop.folder, 'nothing');
  await expect(readSignedImage(nothing, keys)).rejects.toThrow('cannot be read');
  await writeFile(nothing, 'not an image');
  await expect(readSignedImage(nothing, keys)).rejects.toThrow('12 bytes are no image');
  await expect(readSigningKeys([{ name: 'x', path: nothing }])).rejects.toThrow('is no public key');
});

test('whatever the bytes, there is an image or a reason', async () => {
  const file = await readFile(await workshop.image('1.0.0+0', 64, 'maker', 'protected'));
  const changes = fc.array(fc.record({ at: fc.nat(file.length - 1), to: fc.nat(255) }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(changes, fc.nat(file.length), (all, length) => {
      const changed = Uint8Array.from(file).subarray(0, length);
      for (const { at, to } of all) if (at < length) changed[at] = to;
      try {
        checkSignedImage(changed, keys);
      } catch (error) {
        if (!(error instanceof UnusableImage)) throw error;
      }
    }),
  );
});
