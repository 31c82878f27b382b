/** A codec as people write it: H.265, AAC. */
export function codecName(codec: string): string {
  return codec.toUpperCase().replace(/^H26/u, 'H.26');
}
