/** Names that a pipeline may have, made of those of a notebook. */

/** A column as the name of an attribute: small letters, digits and `_`. */
export function attributeName(column: string): string {
  const plain = column
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^[a-z]/.test(plain) ? plain : `column_${plain || 'x'}`;
}

/** The file's name as the name of a pipeline. */
export function pipelineName(file: string): string {
  const base = file.split(/[/\\]/).at(-1)!.replace(/\.[^.]*$/, '');
  const plain = base.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z0-9]+|-+$/g, '');
  return plain === '' ? 'pipeline' : plain;
}
