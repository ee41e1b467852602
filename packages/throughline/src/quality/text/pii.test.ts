import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PiiKind, piiTest } from './pii.ts';

const { find } = piiTest();

const FOUND: Record<PiiKind, string[]> = {
  email: ['write to ana.maria+x@mail.example.org.', 'jörg@müller.example', 'a_b@c-d.example'],
  phone: ['+44 20 7946 0958', 'call (212) 555-0147 now', '212-555-0147', '1-212-555-0147', '+4930123456'],
  card: ['4111 1111 1111 1111', '5500-0000-0000-0004', '378282246310005', 'no 6011111111111117.'],
  iban: ['DE89 3704 0044 0532 0130 00 AND MORE', 'GB82WEST12345698765432', 'to NL91 ABNA 0417 1643 00.'],
  ssn: ['123-45-6789'],
  ip: ['from 192.168.10.254 it', '2001:db8::8a2e:370:7334'],
};

const NOT = [
  ...[
    'on 12/31/2016 at 12:30:45, $1,234,567.89 for account XXXX XXXX 1234',
    'version 1.2.3',
    'paid 4111 times',
  ],
  ...['4111 1111 1111 1112', '1234567890123456', 'DE88 3704 0044 0532 0130 00', 'ZZ89370400440532013000'],
  ...[
    '000-12-3456',
    '123-00-4567',
    '900-12-3456',
    '256.1.1.1',
    '1.2.3.4.5',
    'at @home, a@b',
    'ratio 16:9 or ::',
  ],
];

test('each kind is found in its usual forms', () => {
  for (const [kind, texts] of Object.entries(FOUND))
    for (const text of texts) assert.deepEqual(find(text), [kind], text);
});

test('what only looks similar is not', () => {
  for (const text of NOT) assert.deepEqual(find(text), [], text);
});

test('only what is asked for is looked for; several kinds are told in one order', () => {
  assert.deepEqual(piiTest(['ssn']).find('a@b.example 123-45-6789'), ['ssn']);
  assert.deepEqual(find('123-45-6789 a@b.example'), ['email', 'ssn']);
});

test('whatever is found fits the pattern of candidates', () => {
  const parts = [...Object.values(FOUND).flat(), ...NOT, ' ', '-', '.'];
  const { candidates } = piiTest();
  const pattern = new RegExp(candidates, 'u');
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 4 }), fc.string(), (some, text) => {
      const whole = `${some.join('')}${text}`;
      assert.ok(find(whole).length === 0 || pattern.test(whole), whole);
    }),
  );
});

test('a long text takes no longer than its length says', () => {
  for (const unit of ['1', '1 ', 'a', 'a.', 'A1', '1.', ':', '@', '-1'])
    assert.ok(Array.isArray(find(unit.repeat(200_000))));
});
