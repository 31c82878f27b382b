import fc from 'fast-check';

/** Numbers that lengths and counts go wrong with. */
const telling = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff];

type Mutation =
  | { do: 'set'; at: number; to: number }
  | { do: 'flip'; at: number; bit: number }
  | { do: 'cut'; at: number }
  | { do: 'drop'; at: number; count: number }
  | { do: 'repeat'; at: number; count: number }
  | { do: 'insert'; at: number; bytes: Uint8Array };

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({
    do: fc.constant('set' as const),
    at: fc.nat(),
    to: fc.oneof(fc.constantFrom(...telling), fc.nat(255)),
  }),
  fc.record({ do: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat(7) }),
  fc.record({ do: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({ do: fc.constant('drop' as const), at: fc.nat(), count: fc.nat(16) }),
  fc.record({ do: fc.constant('repeat' as const), at: fc.nat(), count: fc.nat(64) }),
  fc.record({ do: fc.constant('insert' as const), at: fc.nat(), bytes: fc.uint8Array({ maxLength: 16 }) }),
);

/** Bytes that were right once: a sound input, changed in a few places. */
export function mutatedBytes(...sound: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...sound), fc.array(mutation, { maxLength: 6 }))
    .map(([bytes, mutations]) => mutations.reduce(mutate, Uint8Array.from(bytes)));
}

function mutate(bytes: Uint8Array, change: Mutation): Uint8Array {
  const at = change.at % (bytes.length + 1);
  switch (change.do) {
    case 'set':
    case 'flip': {
      if (at === bytes.length) return bytes;
      const changed = Uint8Array.from(bytes);
      changed[at] = change.do === 'set' ? change.to : (bytes[at] ?? 0) ^ (1 << change.bit);
      return changed;
    }
    case 'cut':
      return bytes.subarray(0, at);
    case 'drop':
      return joined(bytes.subarray(0, at), bytes.subarray(at + change.count));
    case 'repeat':
      return joined(bytes.subarray(0, at + change.count), bytes.subarray(at));
    case 'insert':
      return joined(bytes.subarray(0, at), change.bytes, bytes.subarray(at));
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
