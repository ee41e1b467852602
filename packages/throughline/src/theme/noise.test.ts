import assert from 'node:assert/strict';
import test from 'node:test';
import { isNoise, noisePhrases } from './noise.ts';

const NOTHING = [
  '',
  '   ',
  '.',
  '...',
  '???',
  '-',
  '--- ---',
  '!!!!',
  '12345',
  '01/02/2023',
  '€',
  '👍',
  '🙏🙏',
  'n/a',
  'N/A',
  'N.A.',
  'na',
  'None',
  'none.',
  'nil',
  'NULL',
  'Not applicable',
  'No comment',
  'no comments.',
  'Nothing',
  'nothing to add',
  'Thanks',
  'thanks!',
  'Thank you very much.',
  'Many thanks, regards',
  'OK',
  'ok thanks',
  'Yes',
  'yes, thank you',
  'test',
  'TEST TEST',
  'Test 123',
  'this is a test',
  'testing testing',
  'asdf',
  'aaaaaa',
  'xxxxx',
  'XXXX XXXX XX/XX/XXXX',
  'hmmm',
  'k',
  'See above',
  'see attached',
  'Hello',
  'Sent from my iPhone',
  'keine Angabe',
  'k.A.',
  'Danke schön!',
  'Nein',
  'merci beaucoup',
  'RAS',
  'rien à signaler',
  'sin comentarios',
  'Gracias',
  'Obrigado',
  'nessun commento',
  'grazie mille',
  'geen opmerkingen',
  'nvt',
  'brak uwag',
  'tack',
  '无',
  '谢谢',
  '特になし',
  '감사합니다',
  'нет',
  'спасибо',
];
const SOMETHING = [
  'card lost',
  'lost',
  'fraud',
  'late fee',
  'Refund',
  'no refund',
  'no response from the bank',
  'no card',
  'Not working',
  'price',
  'too slow',
  'test results are wrong',
  'thanks for nothing, you lost my card',
  'card not working',
  'why?',
  'PIN blocked',
  'help',
  'yes it is broken',
  'ATM',
  'app',
  'hotel was fine but noisy',
  'X ray',
  'XXXX charged me twice',
  'please cancel my account',
  '1 star',
  'error 404',
  'nothing works',
  'no signal',
  'Karte verloren',
  'keine Antwort erhalten',
  'carte perdue',
  'tarjeta perdida',
  'nada funciona',
  'non funziona',
  '卡丢了',
  '遅い',
  '카드 분실',
  'карта утеряна',
];

test('texts that say nothing are known in many languages', () => {
  assert.deepEqual(
    NOTHING.filter((text) => !isNoise(text)),
    [],
  );
});

test('short texts that say something are not caught', () => {
  assert.deepEqual(
    SOMETHING.filter((text) => isNoise(text)),
    [],
  );
});

test('phrases of the house count as well, whatever their case and points', () => {
  const more = noisePhrases(['Voicemail left.', 'Case closed by the system, no further action', '...']);
  assert.equal(isNoise('voicemail left'), false);
  assert.equal(isNoise('VOICEMAIL LEFT', more), true);
  assert.equal(isNoise('Voicemail left. Thanks', more), true);
  assert.equal(isNoise('case closed by the system: no further action', more), true);
  assert.equal(isNoise('voicemail is full', more), false);
});

test('a long text is looked at only for letters', () => {
  assert.equal(isNoise('thanks '.repeat(1_000)), false);
  assert.equal(isNoise('- '.repeat(100_000)), true);
});
