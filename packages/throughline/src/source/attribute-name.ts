/** As long as an index can have it. */
export const LONGEST_NAME = 30;

/** What an attribute of a column is called: small letters, digits and `_`, a letter first, 30 at most; numbered where it is taken. */
export function attributeName(column: string, before: readonly { name: string }[]): string {
  const words = column
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const name = words === '' ? 'column' : /^[a-z]/.test(words) ? words : `c_${words}`;
  const taken = new Set(before.map((attribute) => attribute.name));
  for (let n = 1; ; n++) {
    const ending = n === 1 ? '' : `_${n}`;
    const free = `${name.slice(0, LONGEST_NAME - ending.length).replace(/_+$/, '')}${ending}`;
    if (!taken.has(free)) return free;
  }
}
