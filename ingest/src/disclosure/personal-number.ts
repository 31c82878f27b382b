/** Weights and check characters of a resident's identity number (GB 11643-1999 §4.2). */
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkCharacters = '10X98765432';

const identityNumber = /(?<!\d)\d{17}[\dXx](?!\d)/gu;
const mobileNumber = /(?<!\d)1[3-9]\d{9}(?!\d)/u;

/** Whether a text names a person by a number that is nobody's business: 公民身份号码, or a mobile telephone. */
export function holdsPersonalNumber(text: string): boolean {
  // Full-width digits are digits.
  const plain = text.normalize('NFKC').replace(/(?<=\d)[\s-]+(?=[\dXx])/gu, '');
  return mobileNumber.test(plain) || [...plain.matchAll(identityNumber)].some(([found]) => isIdentity(found));
}

function isIdentity(number: string): boolean {
  const sum = weights.reduce((total, weight, index) => total + weight * Number(number[index]), 0);
  return checkCharacters[sum % 11] === number[17]?.toUpperCase();
}
