/** Texts without content: they would be forced into themes that are about something. */

/** Id of the theme of such texts, in every version. */
export const NOISE = 'noise';

/** What people write where they have nothing to say, by words; a whole text of these says nothing. */
const PHRASES = [
  // English
  'n a|na|none|no|not applicable|nothing|nothing to add|nothing else|nil|null|nan|undefined|unknown|blank|empty',
  'no comment|no comments|no further comment|no further comments|no text|no content|no answer|no response|no reply',
  'thanks|thank you|thank you very much|thanks a lot|many thanks|thx|cheers|please|regards|kind regards|best regards|best',
  'ok|okay|yes|yep|nope|fine|hi|hello|hey|bye|dear sir|dear madam|dear sir or madam|sincerely|as above|see above|same as above|see attached|see attachment|ditto|same',
  'test|testing|tests|this is a test|test message|test test|just testing|asdf|asdfgh|qwerty|lorem ipsum|foo|bar|xyz|abc',
  'sent from my iphone|sent from my ipad|sent from my android|get outlook for ios|get outlook for android|deleted|removed|redacted|withheld',
  // German
  'keine|kein|keine angabe|keine angaben|k a|kein kommentar|keine bemerkung|nichts|entfällt|nicht zutreffend|danke|danke schön|dankeschön|vielen dank|besten dank|bitte|ja|nein|hallo|siehe oben|siehe anhang|mfg|mit freundlichen grüßen|gesendet von meinem iphone',
  // French
  'aucun|aucune|aucun commentaire|rien|rien à ajouter|rien à signaler|ras|r a s|sans objet|s o|merci|merci beaucoup|oui|non|bonjour|voir ci dessus|cordialement|essai|envoyé de mon iphone',
  // Spanish, Portuguese, Italian
  'ninguno|ninguna|ningún comentario|sin comentarios|sin comentario|nada|no aplica|gracias|muchas gracias|sí|si|hola|saludos|prueba',
  'nenhum|nenhuma|sem comentários|sem comentário|não se aplica|obrigado|obrigada|muito obrigado|sim|não|olá|teste',
  'nessuno|nessuna|nessun commento|niente|nulla|non applicabile|grazie|grazie mille|sì|ciao|buongiorno|prova',
  // Dutch, Polish, Swedish, Danish, Norwegian
  'geen|geen opmerking|geen opmerkingen|niets|nvt|n v t|dank u|dank je|bedankt|nee|brak|brak uwag|nie dotyczy|dziękuję|tak|nie|ingen|inga|ingen kommentar|inga kommentarer|tack|tak|takk',
  // Chinese, Japanese, Korean, Russian
  '无|没有|谢谢|不适用|测试|無|なし|特になし|ありがとう|ありがとうございます|없음|감사합니다|нет|спасибо|без комментариев|тест',
];

const LONGEST_PHRASE = 5;
const KNOWN = new Set(PHRASES.flatMap((line) => line.split('|')));

/**
 * Whether a text says nothing: it has no letters, or one that is repeated, or only what people write where they have nothing to say.
 * `more`: phrases of the house, such as "voicemail left". Frequency is no sign of it: "card lost" may be what most people say.
 * Time: linear in the text, of which long ones are left at once.
 */
export function isNoise(text: string, more: ReadonlySet<string> = NO_PHRASES): boolean {
  if (text.length > LONGEST_TEXT) return !/\p{L}/u.test(text);
  const words = phraseWords(text);
  let start = 0;
  while (start < words.length) {
    const end = phraseEnd(words, start, more);
    if (end === undefined) return false;
    start = end;
  }
  return true;
}

const NO_PHRASES: ReadonlySet<string> = new Set();
const LONGEST_TEXT = 300;

/** The end of the longest known phrase, number, mask or repetition that begins here. */
function phraseEnd(words: readonly string[], start: number, more: ReadonlySet<string>): number | undefined {
  for (
    let length = Math.min(Math.max(LONGEST_PHRASE, more.size > 0 ? 12 : 0), words.length - start);
    length > 0;
    length--
  ) {
    const phrase = words.slice(start, start + length).join(' ');
    if (KNOWN.has(phrase) || more.has(phrase)) return start + length;
  }
  return isEmptyWord(words[start]!) ? start + 1 : undefined;
}

/** "2023", "xxxx", "aaaa", "hmm", "k". */
function isEmptyWord(word: string): boolean {
  if (!/\p{L}/u.test(word)) return true;
  if (/^x{2,}$/u.test(word) || /^(.)\1{2,}$/u.test(word)) return true;
  // A single letter of an alphabet; of Chinese, one character is a word.
  return /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]$/u.test(word) || /^h+m+$/u.test(word);
}

/** Words in small letters, in the form in which phrases are compared. */
function phraseWords(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

/** Phrases of the house in the form in which they are compared. */
export function noisePhrases(texts: readonly string[]): Set<string> {
  return new Set(texts.map((text) => phraseWords(text).join(' ')).filter((phrase) => phrase !== ''));
}
