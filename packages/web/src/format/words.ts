/** A column's name as words: `sub_product` -> `Sub product`. */
export function words(name: string): string {
  const text = name.replaceAll('_', ' ').trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A check's name as words; what has a name of its own keeps it. */
export function checkName(check: string): string {
  return check === 'ndcg' ? 'nDCG@10' : words(check);
}
