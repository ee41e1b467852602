/** What an attribute of a column is called: small letters, digits and `_`, a letter first; numbered where it is taken. */
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
  if (!taken.has(name)) return name;
  for (let n = 2; ; n++) if (!taken.has(`${name}_${n}`)) return `${name}_${n}`;
}
