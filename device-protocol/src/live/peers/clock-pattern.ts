/**
 * A clock that a picture carries and a program reads back from its pixels, after any coding and scaling.
 *
 * Two rows of 32 cells from the upper left corner. A cell is a 32nd of the picture's width wide and an 18th of its height
 * high, white for 1 and black for 0. Row by row from the left, most significant bit first: the mark 1010, Unix
 * milliseconds (48 bits), a check (12 bits): the sum over the six bytes of the milliseconds, first byte first, of byte ×
 * (37 × index + 11), modulo 4096. `gstreamer_peer.py` draws the same.
 */
const cellsInRow = 32;
const cellBits = 64n;
const white = 235;
const black = 16;

/** Draws the clock into luma, a byte a pixel, row by row without gaps; the width must be at least 320. */
export function drawClockPattern(luma: Uint8Array, width: number, height: number, unixMs: number): void {
  const bits = (0b1010n << 60n) | (BigInt(unixMs) << 12n) | BigInt(checkOf(unixMs));
  const cellHeight = Math.floor(height / 18);
  for (let row = 0; row < 2; row += 1) {
    for (let cell = 0; cell < cellsInRow; cell += 1) {
      const place = BigInt(row * cellsInRow + cell);
      const value = (bits >> (cellBits - 1n - place)) & 1n ? white : black;
      const from = Math.ceil((cell * width) / cellsInRow);
      const to = Math.ceil(((cell + 1) * width) / cellsInRow);
      for (let y = row * cellHeight; y < (row + 1) * cellHeight; y += 1)
        luma.fill(value, y * width + from, y * width + to);
    }
  }
}

function checkOf(unixMs: number): number {
  let check = 0;
  for (let index = 0; index < 6; index += 1)
    check += (37 * index + 11) * (Math.floor(unixMs / 256 ** (5 - index)) % 256);
  return check % 4096;
}

/**
 * Unix milliseconds of the clock in a picture of RGBA pixels, or `null` where none can be read. Names nothing outside of
 * itself, so that its text can be handed to a browser.
 */
export function readClockPattern(rgba: ArrayLike<number>, width: number, height: number): number | null {
  const cellWidth = width / 32;
  // Drawn heights are whole pixels; the picture may have been scaled since.
  const cellHeight = height / 18;
  const brightness: number[] = [];
  for (let place = 0; place < 64; place += 1) {
    let sum = 0;
    let count = 0;
    const left = ((place % 32) + 0.3) * cellWidth;
    const top = (Math.floor(place / 32) + 0.3) * cellHeight;
    for (let y = Math.round(top); y < top + cellHeight * 0.4; y += 1) {
      for (let x = Math.round(left); x < left + cellWidth * 0.4; x += 1) {
        const at = (y * width + x) * 4;
        sum += (rgba[at] ?? 0) + (rgba[at + 1] ?? 0) + (rgba[at + 2] ?? 0);
        count += 3;
      }
    }
    brightness.push(sum / Math.max(1, count));
  }
  const [one = 0, zero = 0] = brightness;
  if (one - zero < 60) return null;
  const threshold = (one + zero) / 2;
  const bits = brightness.map((value) => (value > threshold ? '1' : '0')).join('');
  const unixMs = Number.parseInt(bits.slice(4, 52), 2);
  let check = 0;
  for (let index = 0; index < 6; index += 1)
    check += (37 * index + 11) * (Math.floor(unixMs / 256 ** (5 - index)) % 256);
  const isRead = bits.startsWith('1010') && Number.parseInt(bits.slice(52), 2) === check % 4096;
  return isRead ? unixMs : null;
}
