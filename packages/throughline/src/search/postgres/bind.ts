/** Values of a statement that is put together from parts. */
export type Bind = (value: unknown) => string;

/** `bind` takes a value and gives its place in the statement; `values` are all of them. */
export function binding(): { bind: Bind; values: unknown[] } {
  const values: unknown[] = [];
  return { values, bind: (value) => `$${values.push(value)}` };
}
