/**
 * The cells of a table as a spreadsheet copies it: tabs between cells, line ends between rows, and cells that hold
 * either in double quotes. Text without a tab is read as CSV (RFC 4180).
 */
export function pastedTable(text: string): string[][] {
  const separator = text.includes('\t') ? '\t' : ',';
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endRow = () => {
    rows.push([...row, cell]);
    row = [];
    cell = '';
  };
  const plain = text.replace(/^\uFEFF/u, '').replaceAll('\r\n', '\n');
  for (let place = 0; place < plain.length; place++) {
    const sign = plain.charAt(place);
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (plain.charAt(place + 1) === '"') {
        cell += sign;
        place += 1;
      } else isQuoted = false;
    } else if (sign === '"' && cell === '') isQuoted = true;
    else if (sign === separator) {
      row.push(cell);
      cell = '';
    } else if (sign === '\n') endRow();
    else cell += sign;
  }
  if (cell !== '' || row.length > 0) endRow();
  return rows.filter((cells) => cells.some((one) => one.trim() !== ''));
}
