/** How long a case number is at most, as in the field's own index records. */
export const longestCaseNumber = 64;

/** `<机关代字><罚、检、强、许、征 …>字?〔YYYY〕第?N号`, in unified signs. */
const caseNumber = /^\p{Script=Han}[\p{L}\p{N}·-]*〔(?:19|20)\d{2}〕第?\d{1,8}(?:-\d{1,4})?号$/u;

const brackets = new Map([
  ...[...'[({【〖⟦⦗❲'].map((bracket) => [bracket, '〔'] as const),
  ...[...'])}】〗⟧⦘❳'].map((bracket) => [bracket, '〕'] as const),
]);

/** The same signs however they were typed: NFKC, no white space, every bracket 〔 or 〕. */
export function unifyCaseNumber(text: string): string {
  const plain = text.normalize('NFKC').replace(/[\s\p{Cf}]/gu, '');
  return [...plain].map((sign) => brackets.get(sign) ?? sign).join('');
}

/**
 * The normal form of a 案号 or 文书号, so that the same number is the same text however its brackets, figures and spaces
 * were typed; 字 and 第 stay, for they are the agency's own. What does not look like one is kept as the text it is,
 * trimmed, at most 64 characters.
 */
export function normalCaseNumber(text: string): string {
  const unified = unifyCaseNumber(text);
  const isNumber = caseNumber.test(unified) && [...unified].length <= longestCaseNumber;
  return isNumber ? unified : [...text.trim()].slice(0, longestCaseNumber).join('').trimEnd();
}
