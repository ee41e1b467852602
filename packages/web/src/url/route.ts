/** Which page an address shows. */
export type Route =
  | { page: 'search'; record: string | undefined; query: URLSearchParams }
  | { page: 'themes'; query: URLSearchParams }
  | { page: 'theme'; id: string; query: URLSearchParams }
  | { page: 'operations'; query: URLSearchParams }
  | { page: 'unknown' };

/** `address`: path and search, as `useLocation` gives it. */
export function routeOf(address: string): Route {
  const [path = '', search = ''] = splitOnce(address, '?');
  const query = new URLSearchParams(search);
  const [page, id, ...rest] = path.split('/').filter((part) => part !== '');
  if (rest.length > 0) return { page: 'unknown' };
  if (page === undefined || (page === 'search' && id === undefined))
    return { page: 'search', record: undefined, query };
  if (page === 'records' && id !== undefined) return { page: 'search', record: decoded(id), query };
  if (page === 'themes' && id === undefined) return { page: 'themes', query };
  if (page === 'themes' && id !== undefined) return { page: 'theme', id: decoded(id), query };
  if (page === 'operations' && id === undefined) return { page: 'operations', query };
  return { page: 'unknown' };
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
