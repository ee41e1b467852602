/** The first three ids, and whether there are more, for messages. */
export function someOf(ids: readonly string[]): string {
  return ids.slice(0, 3).join(', ') + (ids.length > 3 ? ', ...' : '');
}
