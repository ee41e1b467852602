/** Patterns of what identifies a person. They warn: what looks like one need not be one, and names are no pattern. */
import { isIPv6 } from 'node:net';
import { isCardNumber } from './card-number.ts';
import { beginsWithIban } from './iban.ts';
import { type TextKind, type TextTest, textTest } from './text-test.ts';

export const PII_KINDS = ['email', 'phone', 'card', 'iban', 'ssn', 'ip'] as const;
export type PiiKind = (typeof PII_KINDS)[number];

/** Those that fit, and of them what is one. Every length is bounded: no text takes longer than its length says. */
function checkedKind(candidates: string, exact: RegExp, isOne: (match: string) => boolean): TextKind {
  const mayBe = new RegExp(candidates, 'u');
  return {
    candidates,
    isIn: (text) => {
      if (!mayBe.test(text)) return false;
      for (const [match] of text.matchAll(exact)) if (isOne(match)) return true;
      return false;
    },
  };
}

const BYTE = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IPV4 = new RegExp(`(?<![\\d.])(?:${BYTE}\\.){3}${BYTE}(?![\\d.]*\\d)`);

const KINDS: Record<PiiKind, TextKind> = {
  email: checkedKind(
    '[^ @]@[^ @]',
    /[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu,
    () => true,
  ),
  // In full with a country code, or as North Americans write theirs.
  phone: checkedKind(
    '[0-9)][ .()-]{1,2}[0-9]|\\+[0-9]',
    /(?<![\w+])(?:\+[1-9](?:[ .()-]{0,2}\d){7,14}|(?:1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4})(?!\d)/g,
    () => true,
  ),
  card: checkedKind('[0-9](?:[ -]?[0-9]){12}', /(?<![\d-])[2-6](?:[ -]?\d){12,18}(?![ -]?\d)/g, (match) =>
    isCardNumber(match.replaceAll(/\D/g, '')),
  ),
  iban: checkedKind(
    '[A-Z]{2}[0-9]{2} ?[0-9A-Z]{4}',
    /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,40}/g,
    beginsWithIban,
  ),
  ssn: checkedKind(
    '[0-9]{3}-[0-9]{2}-[0-9]{4}',
    /(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g,
    () => true,
  ),
  ip: {
    candidates: '[0-9]\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]|[0-9A-Fa-f:]:[0-9A-Fa-f:]',
    isIn: (text) => IPV4.test(text) || hasIpv6(text),
  },
};

function hasIpv6(text: string): boolean {
  for (const [match] of text.matchAll(/(?<![\w:.])[0-9A-Fa-f:]{6,39}(?![\w:])/g))
    if (match.includes(':') && isIPv6(match)) return true;
  return false;
}

export function piiTest(kinds: readonly PiiKind[] = PII_KINDS): TextTest {
  return textTest(KINDS, kinds);
}
