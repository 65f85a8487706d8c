// Text that would be read as HTML: written as text where the page takes it, or escaped where a response is built.
// Escaping uses a function the file already imports; none is invented.

import type { Arena, Node } from '../syntax/arena.ts';
import { endOf, startOf, type Fix, type FixTarget, type TextChange } from './fix.ts';
import { piecesOf } from './pieces.ts';

/** `element.innerHTML = name` becomes `element.textContent = name`. */
export function writeAsText({ arena, node, sink }: FixTarget): Fix | undefined {
  if (!/innerHTML\b/.test(sink)) return undefined;
  const assignment = arena.parent[node] ?? -1;
  if (assignment < 0 || arena.typeName(assignment) !== 'assignment_expression') return undefined;
  const left = arena.child(assignment, 'left');
  if (arena.child(assignment, 'right') !== node || arena.typeName(left) !== 'member_expression')
    return undefined;
  const property = arena.child(left, 'property');
  // Markup in the literal parts would be shown as characters.
  if (arena.textOf(property) !== 'innerHTML' || /[<&]/.test(literalText(arena, node))) return undefined;
  const edits = [{ start: startOf(arena, property), end: endOf(arena, property), text: 'textContent' }];
  return { title: 'Write it as text (textContent)', edits, preferred: true };
}

/** `"<b>" + name` becomes `"<b>" + escapeHtml(name)`, with the escaping function that the file imports. */
export function escapeHoles({ arena, node }: FixTarget): Fix | undefined {
  const escape = escaperOf(arena);
  const pieces = escape === undefined ? undefined : piecesOf(arena, node);
  if (escape === undefined || pieces === undefined) return undefined;
  const edits: TextChange[] = [];
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind !== 'hole' || arena.textOf(piece.node).startsWith(`${escape}(`)) continue;
    const before = pieces
      .slice(0, index)
      .map((it) => (it.kind === 'text' ? it.raw : 'x'))
      .join('');
    // Escaping does not help inside scripts, styles, comments, attribute names or unquoted values.
    if (!isTextPlace(before)) return undefined;
    const text = `${escape}(${arena.textOf(piece.node)})`;
    edits.push({ start: startOf(arena, piece.node), end: endOf(arena, piece.node), text });
  }
  if (edits.length === 0) return undefined;
  return { title: `Escape the values for HTML (${escape})`, edits, preferred: true };
}

/** Whether the HTML so far leaves us in the text of an element or in a quoted attribute that is no address or script. */
function isTextPlace(html: string): boolean {
  const lower = html.toLowerCase();
  for (const tag of ['<script', '<style', '<!--', '<textarea', '<title']) {
    const end = tag === '<!--' ? '-->' : `</${tag.slice(1)}`;
    if (lower.lastIndexOf(tag) > lower.lastIndexOf(end)) return false;
  }
  const open = html.lastIndexOf('<');
  if (open <= html.lastIndexOf('>')) return true;
  const attribute = /\s([\w:-]+)\s*=\s*(?:"[^"]*|'[^']*)$/.exec(html.slice(open))?.[1]?.toLowerCase();
  return attribute !== undefined && !/^on|^(?:href|src|srcdoc|style|action|formaction|data)$/.test(attribute);
}

/** How the file calls a function that escapes HTML, from the packages whose purpose that is. */
function escaperOf(arena: Arena): string | undefined {
  const direct =
    /(?:(?:const|let|var)\s+([\w$]+)\s*=\s*require\(\s*["']escape-html["']|import\s+([\w$]+)\s+from\s+["']escape-html["'])/.exec(
      arena.text,
    );
  if (direct !== null) return direct[1] ?? direct[2];
  const he =
    /(?:(?:const|let|var)\s+([\w$]+)\s*=\s*require\(\s*["']he["']|import\s+([\w$]+)\s+from\s+["']he["'])/.exec(
      arena.text,
    );
  return he === null ? undefined : `${he[1] ?? he[2]}.encode`;
}

function literalText(arena: Arena, node: Node): string {
  const end = endOf(arena, node);
  let text = '';
  for (let it = node; it < arena.count && startOf(arena, it) < end; it++) {
    const type = arena.typeName(it);
    if (type === 'string' || type === 'template_string') text += arena.textOf(it);
  }
  return text;
}
