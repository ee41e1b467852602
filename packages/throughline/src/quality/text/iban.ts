/** Characters of each country's account numbers (ISO 13616 registry). */
const LENGTHS =
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SD18 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20';
const LENGTH_OF = new Map(LENGTHS.split(' ').map((one) => [one.slice(0, 2), Number(one.slice(2))]));

/** Whether the text begins with an account number, in groups or not: its country's length, and a right check number (ISO 7064, mod 97-10). */
export function beginsWithIban(text: string): boolean {
  const length = LENGTH_OF.get(text.slice(0, 2));
  if (length === undefined) return false;
  const [compact, next] = take(text, length);
  return compact.length === length && !/[A-Z0-9]/i.test(next) && remainder(compact) === 1;
}

/** The first characters, single blanks left out, and what comes at once after them. */
function take(text: string, length: number): [string, string] {
  let compact = '';
  let i = 0;
  for (; i < text.length && compact.length < length; i++) if (text[i] !== ' ') compact += text[i];
  return [compact, text[i] ?? ''];
}

function remainder(iban: string): number {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4))
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}
