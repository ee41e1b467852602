/** Names and indexes from the root to a value. */
export type JsonPath = readonly (string | number)[];

interface Container {
  readonly isArray: boolean;
  key: string | number;
}

const STRING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside strings
  /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

/**
 * Walks JSON text (RFC 8259) and calls `onString` with the path and the offset of each string value, which JSON.parse
 * does not tell. Returns the offset of the first character that is not JSON, or undefined. Depth costs no stack.
 */
export function scanStrings(
  text: string,
  onString: (path: JsonPath, offset: number) => void,
): number | undefined {
  const open: Container[] = [];
  let at = end(SPACE, text, 0)!;
  let wantsValue = true;
  while (at < text.length || wantsValue || open.length > 0) {
    const inside = open.at(-1);
    const character = text[at];
    if (wantsValue) {
      if (character === '{' || character === '[') {
        open.push({ isArray: character === '[', key: character === '[' ? 0 : '' });
        at = end(SPACE, text, at + 1)!;
        if (text[at] === (character === '[' ? ']' : '}')) wantsValue = false;
        else if (character === '{') {
          const next = readKey(text, at, open.at(-1)!);
          if (next.error !== undefined) return next.error;
          at = next.at;
        }
        continue;
      }
      const after = end(character === '"' ? STRING : SCALAR, text, at);
      if (after === undefined || after === at) return at;
      if (character === '"')
        onString(
          open.map(({ key }) => key),
          at,
        );
      at = end(SPACE, text, after)!;
      wantsValue = false;
    } else if (inside && character === (inside.isArray ? ']' : '}')) {
      open.pop();
      at = end(SPACE, text, at + 1)!;
    } else if (inside && character === ',') {
      at = end(SPACE, text, at + 1)!;
      if (inside.isArray) inside.key = Number(inside.key) + 1;
      else {
        const next = readKey(text, at, inside);
        if (next.error !== undefined) return next.error;
        at = next.at;
      }
      wantsValue = true;
    } else return at;
  }
  return undefined;
}

/** A member's name and its colon. */
function readKey(text: string, at: number, container: Container): { at: number; error?: number } {
  const after = end(STRING, text, at);
  if (after === undefined) return { at, error: at };
  container.key = JSON.parse(text.slice(at, after)) as string;
  const colon = end(SPACE, text, after)!;
  if (text[colon] !== ':') return { at: colon, error: colon };
  return { at: end(SPACE, text, colon + 1)! };
}

function end(form: RegExp, text: string, at: number): number | undefined {
  form.lastIndex = at;
  return form.test(text) ? form.lastIndex : undefined;
}
