import type { Analysis } from '../analysis.ts';
import { calledName, isInterpolated, stringText } from '../python/call.ts';
import { field, fields, type SyntaxNode, textOf, walk } from '../python/node.ts';
import type { Hit, Rule } from './rule.ts';

/** Keys whose issuers give them a form of their own. */
const ISSUED =
  /^(sk-(ant-|proj-|or-|lf-)?[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{25,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|AKIA[0-9A-Z]{16}|ASIA[0-9A-Z]{16}|AIza[\w-]{30,}|xox[abprs]-[\w-]{20,}|pcsk_\w{30,}|dapi[0-9a-f]{32}|gsk_\w{30,}|r8_\w{30,}|lsv2_\w{20,}|pplx-\w{30,}|nvapi-[\w-]{30,}|tvly-\w{20,}|SG\.[\w-]{20,}\.[\w-]{20,}|eyJ[\w-]{20,}\.[\w-]{20,}\.[\w-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*)$/;
const KEY_NAME =
  /(api|access|secret|private|account|auth|subscription|encryption|service)[_-]?key|(^|[_-])(apikey|secret|token|auth_?token|bearer|api_?token|access_?token|client_?secret|credential)s?$|_token$|_secret$|_key$|^key$/i;
const PASSWORD_NAME = /(^|[_-])(password|passwd|pwd|passphrase)$/i;
/** Tokens of tokenizers, names of settings, not of secrets. */
const NO_SECRET_NAME =
  /(pad|eos|bos|sep|cls|unk|mask|stop|start|end|special|next|max|min|num|continuation|page)_?tokens?$|(primary|foreign|partition|sort|group|join|dict|metadata|text|content|id|input|output|memory|cache|public|date|time|foreign|answer|question|document)_key$|secret_name|keyvault|_name$|_path$|_file$|_env$|_url$/i;
const PLACEHOLDER =
  /your|my[-_ ]|xxx|<|>|\.\.\.|\*\*\*|example|placeholder|insert|enter|change|replace|todo|fill|here|dummy|fake|test|sample|redacted|hidden|removed|none|null|\bkey\b|api[_-]?key|_key$|_token$|password|secret|\$\{|\{\{|env\b/i;
/** Functions and clients that are given a key as it is. */
const LOGINS =
  /^(login|set_api_key|set_token|authenticate|Client|AsyncClient|ClientV2|Pinecone|OpenAI|AsyncOpenAI|Anthropic|InferenceClient)$/;
const URL_PASSWORD = /^[a-z][a-z0-9+]*:\/\/[^\s:/@{}<>]+:([^\s:/@{}<>$]{3,})@[^\s/]+/i;

export const hardcodedSecret: Rule = {
  id: 'hardcoded-secret',
  severity: 'error',
  title: 'a key or password written in the notebook',
  why: 'Whoever sees the notebook, its history or its copies has the key; changing it means changing code.',
  fix: 'Revoke it. `embed: { keyVariable: OPENAI_API_KEY }` names the environment variable with the new one; it reaches no log and no table.',
  *check({ trees, magics }: Analysis) {
    for (const tree of trees)
      for (const node of walk(tree)) if (node.type === 'string') yield* inString(node);
    for (const { cell, lines } of magics)
      for (const { line, text } of lines) {
        const word = text.split(/[\s"'=]+/).find((part) => ISSUED.test(part) && !isPlaceholder(part));
        if (word) yield { at: { cell, line, endLine: line }, message: messageOf(word, 'A key') };
      }
  },
};

function* inString(node: SyntaxNode): Iterable<Hit> {
  if (isInterpolated(node)) return;
  const text = stringText(node)!;
  const bearer = /^Bearer\s+(\S+)$/i.exec(text)?.[1] ?? text;
  const password = URL_PASSWORD.exec(text)?.[1];
  const name = nameFor(node);
  if (ISSUED.test(bearer) && !isPlaceholder(bearer)) yield { at: node, message: messageOf(bearer, 'A key') };
  else if (password !== undefined && !PLACEHOLDER.test(password) && !isVariety(password, 1, 2))
    yield { at: node, message: messageOf(password, 'The password of an address') };
  else if (name !== undefined && PASSWORD_NAME.test(name) && /^\S{4,}$/.test(text) && !isPlaceholder(text))
    yield { at: node, message: messageOf(text, `The value of \`${name}\``) };
  else if (name !== undefined && KEY_NAME.test(name) && !NO_SECRET_NAME.test(name) && looksRandom(text))
    yield { at: node, message: messageOf(text, `The value of \`${name}\``) };
}

/** Never the secret itself: findings end up in logs and reports. */
function messageOf(secret: string, what: string): string {
  return `${what} is written out (${secret.length} characters, not repeated here)`;
}

/** The name that the string is given to: of a variable, an argument, a key of a dictionary or of the environment. */
function nameFor(node: SyntaxNode): string | undefined {
  const { parent } = node;
  if (parent?.type === 'assignment' && node.field === 'right') return lastName(field(parent, 'left'));
  if (parent?.type === 'keyword_argument' && node.field === 'value') return lastName(field(parent, 'name'));
  if (parent?.type === 'pair' && node.field === 'value') return lastName(field(parent, 'key'));
  if (parent?.type === 'default_parameter' || parent?.type === 'typed_default_parameter')
    return lastName(field(parent, 'name'));
  if (parent?.type === 'argument_list' && parent.parent && LOGINS.test(calledName(parent.parent) ?? ''))
    return 'api_key';
  return undefined;
}

function lastName(target: SyntaxNode | undefined): string | undefined {
  if (!target) return undefined;
  if (target.type === 'string') return stringText(target);
  if (target.type === 'subscript') return stringText(fields(target, 'subscript')[0]);
  const name = target.type === 'attribute' ? field(target, 'attribute') : target;
  return name?.type === 'identifier' ? textOf(name) : undefined;
}

/** Letters and digits mixed, long enough, no words: what a machine made. */
function looksRandom(text: string): boolean {
  if (!/^[A-Za-z0-9_\-+/=.:]{16,}$/.test(text) || isPlaceholder(text)) return false;
  return (
    /[0-9]/.test(text) &&
    /[A-Za-z]/.test(text) &&
    isVariety(text, 8, Number.POSITIVE_INFINITY) &&
    !/^[a-z]+([-_.][a-z0-9]+)+$/.test(text)
  );
}

function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text.replace(/^sk-(ant-|proj-|or-|lf-)?/, '')) || isVariety(text, 0, 5);
}

function isVariety(text: string, atLeast: number, atMost: number): boolean {
  const different = new Set(text).size;
  return different >= atLeast && different <= atMost;
}
