import { escapeHtml } from '../escape-html.ts';

/** Characters that Markdown, and its tables, read as markup. */
const MARKUP = /[\\`*_[\]|~#]/g;

/** A text in a cell of a Markdown table, in which nothing is markup and no line ends. */
export function escapeMarkdown(text: string): string {
  return escapeHtml(text.replace(/\s+/g, ' ').replace(MARKUP, (character) => `\\${character}`));
}

/** As code in a cell of a Markdown table: a pipe would end the cell, a backtick the code. */
export function markdownCode(text: string): string {
  const asText = text
    .replace(/\s+/g, ' ')
    .replace(/[&<>"'\\`*_[\]|~#]/g, (character) => `&#${character.codePointAt(0)};`);
  return `<code>${asText}</code>`;
}
