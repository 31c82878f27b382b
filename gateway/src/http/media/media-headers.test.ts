import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRange } from './byte-range.ts';
import { attachment } from './content-disposition.ts';
import { sniffMediaType } from './content-type.ts';

describe('whatever a client asks for', () => {
  const position = fc.oneof(
    fc.integer({ min: 0, max: 2_000 }).map(String),
    fc.constant(''),
    fc.constant('9'.repeat(15)),
  );
  const header = fc.oneof(
    fc.string(),
    fc.tuple(position, position).map(([first, last]) => `bytes=${first}-${last}`),
  );

  test('a part lies within the file', () => {
    fc.assert(
      fc.property(header, fc.integer({ min: 0, max: 1_000 }), (text, size) => {
        const range = readRange(text, size);
        if (range.kind !== 'part') return;
        expect(range.first).toBeGreaterThanOrEqual(0);
        expect(range.first).toBeLessThanOrEqual(range.last);
        expect(range.last).toBeLessThan(size);
      }),
    );
  });
});

describe('whatever a recorder calls a file', () => {
  test('its download name is a plain header and a plain file name with the right ending', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (name) => {
        const header = attachment(name, 'mp4');
        expect(header).toMatch(
          /^attachment; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]+\.mp4"; filename\*=UTF-8''[\w%.!~-]+$/u,
        );
        const decoded = decodeURIComponent(header.slice(header.indexOf("''") + 2));
        expect(decoded).not.toMatch(/[/\\\p{Cc}\p{Cf}]|^\.|^$/u);
        expect(decoded.toLowerCase()).toMatch(/\.mp4$/u);
      }),
    );
  });

  test.each([
    ['../../etc/passwd', '__.._etc_passwd.mp4'],
    ['a\u202egpj.exe', 'a_gpj.exe.mp4'],
    ['现场检查.MP4', '现场检查.MP4'],
    ['', '_.mp4'],
  ])('%j is saved as %j', (name, saved) => {
    expect(attachment(name, 'mp4')).toContain(`UTF-8''${encodeURIComponent(saved)}`);
  });
});

describe('whatever the bytes are', () => {
  test('they are never text or a document', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(sniffMediaType(Buffer.from(bytes)).contentType).toMatch(
          /^(?:image\/(?:jpeg|png)|audio\/|video\/|application\/octet-stream$)/u,
        );
      }),
    );
  });

  test.each([
    ['video/mp4', '\0\0\0\x20ftypisom'],
    ['video/quicktime', '\0\0\0\x14ftypqt  '],
    ['audio/mp4', '\0\0\0\x20ftypM4A '],
    ['video/x-msvideo', 'RIFF\0\0\0\0AVI LIST'],
    ['audio/wav', 'RIFF\0\0\0\0WAVEfmt '],
    ['image/png', '\x89PNG\r\n\x1a\n'],
    ['audio/mpeg', 'ID3\x04'],
    ['audio/aac', '\xff\xf1\x50'],
    ['audio/mpeg', '\xff\xfb\x90'],
    ['application/octet-stream', '<!doctype html>'],
    ['application/octet-stream', '<svg xmlns="http://www.w3.org/2000/svg">'],
    ['application/octet-stream', ''],
  ])('%s', (contentType, head) => {
    expect(sniffMediaType(Buffer.from(head, 'latin1')).contentType).toBe(contentType);
  });
});
