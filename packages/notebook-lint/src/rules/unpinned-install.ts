import { stringText } from '../python/call.ts';
import type { Magic } from '../python/magics.ts';
import { textOf } from '../python/node.ts';
import type { Hit, Rule } from './rule.ts';

const INSTALL = /(?:^|[\s;&|])(?:(?:uv\s+)?pip[23]?(?:\.\d+)?|conda|mamba)\s+install\s+(.*)$/;
/** Options that are followed by a value. */
const VALUED =
  /^(-r|--requirement|-c|--constraint|-i|--index-url|--extra-index-url|-f|--find-links|-t|--target|--prefix|--root|--trusted-host|--proxy|--timeout|-n|--name|--channel|-p|--progress-bar|--python|--log|--platform|--python-version)$/;

export const unpinnedInstall: Rule = {
  id: 'unpinned-install',
  severity: 'warning',
  title: 'packages installed without a version',
  why: 'Tomorrow another version is installed: the run breaks, or worse, gives other results without a word.',
  fix: 'Pin each package (`name==1.2.3`) in a requirements file; the pipeline itself needs none of them.',
  *check({ magics, calls }) {
    for (const magic of magics) yield* inMagic(magic);
    for (const { node, path, arguments: args } of calls) {
      if (!/^(os\.system|subprocess\.\w+)$/.test(path)) continue;
      const [first] = args.positional;
      const words =
        first?.type === 'list'
          ? first.children.map((part) => stringText(part) ?? textOf(part)).join(' ')
          : stringText(first);
      const unpinned = packagesOf(INSTALL.exec(words ?? '')?.[1] ?? '');
      if (unpinned.length > 0) yield { at: node, message: messageOf(unpinned) };
    }
  },
};

/** One hit for each line with packages that have no version. */
function* inMagic({ cell, kind, name, lines }: Magic): Iterable<Hit> {
  const isPip = kind === 'line' && /^(pip3?|conda|mamba|uv)$/.test(name);
  const isShell = kind === 'shell' || (kind === 'cell' && /^(bash|sh|system|sx)$/.test(name));
  if (!isPip && !isShell && !(kind === 'line' && (name === 'sx' || name === 'system'))) return;
  let open = false;
  let valueNext = false;
  for (const { line, text } of lines) {
    const command = text.replace(/^\s*[!%]+\s*/, '').replace(/(^|\s)#.*$/, '');
    const starts = INSTALL.exec(command);
    const rest = starts ? starts[1]! : open ? command.trim() : undefined;
    if (rest === undefined) continue;
    const found = unpinnedIn(rest, valueNext);
    valueNext = found.valueNext;
    open = command.trimEnd().endsWith('\\');
    if (found.packages.length > 0)
      yield { at: { cell, line, endLine: line }, message: messageOf(found.packages) };
  }
}

function packagesOf(text: string): string[] {
  return unpinnedIn(text, false).packages;
}

function unpinnedIn(text: string, valueFirst: boolean): { packages: string[]; valueNext: boolean } {
  const packages: string[] = [];
  let skip = valueFirst;
  for (const word of text
    .split(/\s(?:&&|\|\||[;|>])|[;|]/)[0]!
    .trim()
    .split(/\s+/)) {
    if (skip) skip = false;
    else if (VALUED.test(word)) skip = true;
    else if (isUnpinned(word)) packages.push(word.replace(/["']/g, ''));
  }
  return { packages, valueNext: skip };
}

function isUnpinned(word: string): boolean {
  const name = word.replace(/["']/g, '');
  if (name === '' || name === '\\' || name.startsWith('-') || /[{}$]/.test(name)) return false;
  if (/^git\+|^https?:/.test(name))
    return (
      name.startsWith('git+') && !/\.git@[\w.-]+|@[\w.-]+(#|$)/.test(name.replace(/^git\+\w+:\/\/[^/]*@/, ''))
    );
  if (/[/\\]|\.whl$|\.txt$|^\.+$/.test(name) || /^\.(\[|$)/.test(name)) return false;
  const parsed = /^[A-Za-z0-9][\w.-]*(?:\[[\w,.-]*\])?(.*)$/.exec(name);
  if (!parsed) return false;
  const limits = parsed[1]!;
  return limits === '' || (/^(>=?|!=)/.test(limits) && !limits.includes('<'));
}

function messageOf(packages: readonly string[]): string {
  return `No version is given for ${packages.slice(0, 5).join(', ')}${packages.length > 5 ? ' and others' : ''}`;
}
