// Text that would be read as HTML: escaped where it is put into a page, or handed to what escapes it.
// The escaping function is that of the framework which the file uses, else that of the standard library.

import type { Arena, Node } from '../../syntax/arena.ts';
import { insertAt, replaceNode, type TextChange } from '../edits.ts';
import { endOf, readsSource, textOf, typeOf, type Fix, type FixTarget } from '../fix.ts';
import { isTextPlace } from '../html-text.ts';
import type { HolePiece, Piece } from '../pieces.ts';
import { importedPackages, memberCode, useMember, useName } from './imports.ts';
import { builtString } from './pieces.ts';
import { isTainted } from './tainted.ts';
import { callOf, calledName } from './tree.ts';

/** `f"<b>{name}</b>"` becomes `f"<b>{escape(name)}</b>"`. */
export function escapeHoles(target: FixTarget): Fix | undefined {
  const { arena, node } = target;
  if (/^(?:Markup|mark_safe)$/.test(calledName(arena, callOf(arena, node)?.callee ?? -1))) return undefined;
  const pieces = builtString(arena, node)?.pieces;
  const escaper = escaperOf(arena);
  if (escaper === undefined) return undefined;
  let values: readonly Node[];
  if (pieces === undefined) {
    // A response that is nothing but the value; another text may hold markup that the program made.
    if (!readsSource(target)) return undefined;
    values = [node];
  } else {
    const holes = pieces.filter((it) => it.kind === 'hole');
    const tainted = holes.filter((it) => holes.length === 1 || isTainted(target, it.node));
    if (tainted.length === 0 || !tainted.every((it) => isTextPlace(before(pieces, it)))) return undefined;
    values = tainted.map((it) => it.node);
  }
  if (values.some((it) => typeOf(arena, it) === 'interpolation' || isEscaped(arena, it))) return undefined;
  const edits = values.map((it) => replaceNode(arena, it, escaper.wrap(arena.textOf(it))));
  return {
    title: 'Escape the value for HTML ({0})',
    names: [escaper.code],
    edits: [...escaper.edits, ...edits],
    safe: true,
  };
}

function isEscaped(arena: Arena, node: Node): boolean {
  return (
    typeOf(arena, node) === 'call' &&
    /escap|quote|clean|saniti[sz]e/.test(textOf(arena, arena.child(node, 'function')))
  );
}

function before(pieces: readonly Piece[], hole: HolePiece): string {
  return pieces
    .slice(0, pieces.indexOf(hole))
    .map((it) => (it.kind === 'text' ? it.raw : 'x'))
    .join('');
}

/** `Markup(f"<b>{name}</b>")` becomes `Markup("<b>{}</b>").format(name)`, which escapes. */
export function formatMarkup({ arena, node }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (call === undefined || call.args.length !== 1 || call.keywords.size > 0) return undefined;
  const name = calledName(arena, call.callee);
  const isDjango = name === 'mark_safe';
  if (!isDjango && name !== 'Markup') return undefined;
  const built = builtString(arena, node);
  const holes = built?.pieces.filter((it) => it.kind === 'hole') ?? [];
  const [first] = built?.pieces ?? [];
  if (built === undefined || first?.kind !== 'text' || !/^f/i.test(arena.textOf(node))) return undefined;
  if (built.pieces.some((it) => it.kind === 'text' && (it.node !== first.node || /[{}]/.test(it.raw))))
    return undefined;
  if (holes.some((it) => typeOf(arena, it.node) === 'interpolation')) return undefined;
  const values = holes.map((it) => arena.textOf(it.node)).join(', ');
  const text = [
    ...holes.map((it) => ({ start: it.start, end: it.end, text: '{}' })),
    ...(built.without(holes) ?? []),
  ];
  if (!isDjango) {
    const edits = [...text, insertAt(endOf(arena, call.node), `.format(${values})`)];
    return { title: 'Let Markup escape the values (format)', edits, safe: true };
  }
  const used = useName(arena, 'django.utils.html', 'format_html');
  if (used === undefined) return undefined;
  const edits = [
    ...used.edits,
    replaceNode(arena, call.callee, used.code),
    ...text,
    insertAt(endOf(arena, node), `, ${values}`),
  ];
  return { title: 'Let Django escape the values (format_html)', edits, safe: true };
}

/** `render_template_string(f"… {name}")` becomes a constant template with a variable. */
export function passToTemplate({ arena, node }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (
    call === undefined ||
    call.open ||
    call.args[0] !== node ||
    calledName(arena, call.callee) !== 'render_template_string'
  )
    return undefined;
  const built = builtString(arena, node);
  const holes = built?.pieces.filter((it) => it.kind === 'hole') ?? [];
  const names = holes.map((it) => /(?:^|[.\]"'])([A-Za-z_]\w*)["']?\]?$/.exec(arena.textOf(it.node))?.[1]);
  if (built === undefined || holes.length === 0 || new Set(names).size !== holes.length) return undefined;
  if (names.some((it) => it === undefined || call.keywords.has(it))) return undefined;
  if (
    built.pieces.some((it) => it.kind === 'text' && /[{}]/.test(it.raw)) ||
    !holes.every((it) => it.inTemplate)
  )
    return undefined;
  const rest = built.without(holes);
  if (rest === undefined || rest.some((it) => it.end - it.start !== 1 && typeOf(arena, node) === 'string'))
    return undefined;
  const last = arena.namedChildren(call.list).at(-1) ?? node;
  const passed = holes.map((it, index) => `, ${names[index]}=${arena.textOf(it.node)}`).join('');
  const edits: TextChange[] = [
    ...holes.map((it, index) => ({ start: it.start, end: it.end, text: `{{ ${names[index]} }}` })),
    ...rest,
    insertAt(endOf(arena, last), passed),
  ];
  return { title: 'Pass the value to the template as a variable', edits, safe: true };
}

/** The function that escapes HTML in the framework that the file uses, else that of the standard library. */
function escaperOf(
  arena: Arena,
): { readonly code: string; readonly edits: readonly TextChange[]; wrap(code: string): string } | undefined {
  const imported = importedPackages(arena);
  const module = imported.has('django')
    ? 'django.utils.html'
    : ['flask', 'jinja2', 'markupsafe', 'werkzeug'].some((it) => imported.has(it))
      ? 'markupsafe'
      : 'html';
  const present = ['markupsafe', 'flask', 'html', 'django.utils.html']
    .map((it) => memberCode(arena, it, 'escape'))
    .find((it) => it !== undefined);
  const used =
    present === undefined
      ? (useName(arena, module, 'escape') ?? useMember(arena, module, 'escape'))
      : { code: present, edits: [] };
  if (used === undefined) return undefined;
  // That of the standard library takes text alone.
  const isPlain = present === undefined ? module === 'html' : present === memberCode(arena, 'html', 'escape');
  return { ...used, wrap: (code) => (isPlain ? `${used.code}(str(${code}))` : `${used.code}(${code})`) };
}
