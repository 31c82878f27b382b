/** What a measured offset lets one say. `agrees`: zero lies within the bounds, so no difference was found. */
export interface OffsetReading {
  direction: 'ahead' | 'behind' | 'agrees';
  offsetMs: number;
  halfWidthMs: number;
  /** Decimals of a second that the bounds support. */
  decimals: number;
}

export function readOffset(offsetMs: number, halfWidthMs: number): OffsetReading {
  const direction = Math.abs(offsetMs) <= halfWidthMs ? 'agrees' : offsetMs > 0 ? 'ahead' : 'behind';
  const decimals = halfWidthMs >= 10_000 ? 0 : halfWidthMs >= 1_000 ? 1 : halfWidthMs >= 100 ? 2 : 3;
  return { direction, offsetMs: Math.abs(offsetMs), halfWidthMs, decimals };
}

/** Seconds with as many decimals as the measurement bears. */
export function formatSeconds(milliseconds: number, decimals: number, locale: string): string {
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(milliseconds / 1000);
}
