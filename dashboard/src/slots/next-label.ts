/** The label that most likely follows: its last number counted on, with as many figures. `null` where it has none. */
export function nextLabel(label: string | null): string | null {
  const [, head, figures, tail] = /^(.*?)(\d{1,9})(\D*)$/u.exec(label ?? '') ?? [];
  if (head === undefined || figures === undefined || tail === undefined) return null;
  return `${head}${String(Number(figures) + 1).padStart(figures.length, '0')}${tail}`;
}
