/** What finds `text` anywhere in a column: for `LIKE ? ESCAPE '!'`. */
export function likePattern(text: string): string {
  return `%${text.replace(/[!%_]/gu, '!$&')}%`;
}
