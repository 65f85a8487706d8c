// Puts text of unknown origin (names, strings and paths of the analysed code) into Markdown so that it stays text.
// Nothing from the analysed code may become a link, an image, HTML or a command.

import { OPEN_AT_COMMAND } from './protocol.ts';

/** Prose that may contain code: every character with a meaning in Markdown is escaped, line breaks become spaces. */
export function escapeText(text: string): string {
  return flatten(text).replace(/[\\`*_{}[\]()<>#+\-.!|~&$:@/]/g, (char) => ENTITIES[char] ?? `\\${char}`);
}

/** Prose in which `code` stands between backticks: that becomes code, everything else stays text. */
export function richText(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? inlineCode(part.slice(1, -1)) : escapeText(part)))
    .join('');
}

/** Code in a fence longer than any run of backticks inside it. */
export function inlineCode(text: string): string {
  const flat = flatten(text);
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map((it) => it[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = flat.startsWith('`') || flat.endsWith('`') || flat === '' ? ' ' : '';
  return `${fence}${pad}${flat}${pad}${fence}`;
}

/** A link with a plain label; the target is percent-encoded where it could end the link. */
export function link(label: string, target: string): string {
  const safe = target.replace(/[\s()<>"\\]/g, (char) =>
    encodeURIComponent(char).replace('(', '%28').replace(')', '%29'),
  );
  return `[${escapeText(label)}](${safe})`;
}

/** A link that opens a file at a place (from 0), for pages: their viewers follow no links to files. */
export function fileLink(label: string, uri: string, line = 0, character = 0): string {
  const target = encodeURIComponent(JSON.stringify([uri, line, character]));
  return link(label, `command:${OPEN_AT_COMMAND}?${target}`);
}

/** `:`, `/` and `@` are no escapes in Markdown, but bare addresses become links; entities stop that. */
const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  ':': '&#58;',
  '/': '&#47;',
  '@': '&#64;',
};

function flatten(text: string): string {
  // Control and bidirectional characters could reorder or hide what is shown.
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}
