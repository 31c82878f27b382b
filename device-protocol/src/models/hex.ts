/** A number as USB writes it: lower-case hex with leading zeros. */
export function hex(value: number, digits: 2 | 4): string {
  return value.toString(16).padStart(digits, '0');
}
