/** A column's name as words: `sub_product` -> `Sub product`. */
export function words(name: string): string {
  const text = name.replaceAll('_', ' ').trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Before the names of limits of the config's `acceptance:`. */
const AGREED = 'acceptance.';

/** `parity.minCosine` -> `parity min cosine`. */
function spaced(name: string): string {
  if (name === 'ndcg') return 'nDCG@10';
  return name.replace('.', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A check's name as words; what has a name of its own keeps it. */
export function checkName(check: string): string {
  if (check.startsWith(AGREED)) return `Agreed: ${spaced(check.slice(AGREED.length))}`;
  return check === 'ndcg' ? 'nDCG@10' : words(check);
}
