/** Prefixes of the large card networks, and how many digits theirs have (ISO/IEC 7812 issuer numbers). */
const NETWORKS: readonly [RegExp, readonly number[]][] = [
  [/^4/, [13, 16, 19]],
  [/^(5[1-5]|2[2-7])/, [16]],
  [/^3[47]/, [15]],
  [/^(30[0-5]|36|38|39)/, [14, 16]],
  [/^(35|6011|64[4-9]|65|62)/, [16, 17, 18, 19]],
];

/** Digits alone: of a network's length, with a right check digit (Luhn, ISO/IEC 7812-1 annex B). */
export function isCardNumber(digits: string): boolean {
  return (
    NETWORKS.some(([prefix, lengths]) => prefix.test(digits) && lengths.includes(digits.length)) &&
    luhn(digits) === 0
  );
}

function luhn(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10;
}
