/** Decodes G.711 sound to linear samples of 16 bits (ITU-T G.711, tables 1a to 2b). */
export function decodeG711(codec: 'pcma' | 'pcmu', bytes: Uint8Array): Int16Array {
  const table = codec === 'pcma' ? aLaw : muLaw;
  return Int16Array.from(bytes, (byte) => table[byte] ?? 0);
}

const aLaw = Int16Array.from({ length: 256 }, (_, byte) => {
  const code = byte ^ 0x55;
  const segment = (code & 0x70) >> 4;
  const step = ((code & 0x0f) << 4) + 8;
  const size = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return (code & 0x80) === 0 ? -size : size;
});

const muLaw = Int16Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 0xff;
  const size = ((((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84;
  return (code & 0x80) === 0 ? size : -size;
});
