// Properties of lowering that hold for every file: invariants, spans, totality, caching, independence of history.
// The printed form of single constructs is in the Markdown cases of this folder.

import { beforeAll, describe, expect, it } from 'vitest';
import type { FileIR, Op } from '../../server/src/ir/ir.ts';
import { absoluteSpan, eachStatement } from '../../server/src/ir/walk.ts';
import { lowerFile, makeLowerCache } from '../../server/src/lang/lower.ts';
import type { LowerCache } from '../../server/src/lang/lower.ts';
import type { LanguageId } from '../../server/src/syntax/language.ts';
import { initSyntax, parseText } from '../../server/src/syntax/parser.ts';
import { randomEdit, randomNumbers, realFiles } from '../syntax/helpers.ts';
import { violations } from './verify.ts';

beforeAll(initSyntax);

function lower(text: string, language: LanguageId = 'javascript', cache?: LowerCache): FileIR {
  const tree = parseText(language, text);
  try {
    return lowerFile(language, tree.arena(), cache);
  } finally {
    tree.delete();
  }
}

/** All operations of a kind, with their function's index. */
function operations<K extends Op['op']>(
  file: FileIR,
  kind: K,
): { op: Extract<Op, { op: K }>; index: number }[] {
  const found: { op: Extract<Op, { op: K }>; index: number }[] = [];
  file.funcs.forEach((func, index) =>
    eachStatement(func.body, (it) => {
      if (it.op === kind) found.push({ op: it as Extract<Op, { op: K }>, index });
    }),
  );
  return found;
}

describe('real files', () => {
  it.each([
    ['yaml', 200_000],
    ['commander', 200_000],
    ['vscode-languageserver', 200_000],
    ['@types/node', 60_000],
    ['./server/src', 100_000],
    ['./client/src', 100_000],
  ])('%s keeps the invariants', (name, size) => {
    const files = realFiles(name, size);
    expect(files.length).toBeGreaterThan(2);
    const wrong = files.flatMap((file) => {
      return violations(lower(file.text, file.language), file.text).map((it) => `${file.path}: ${it}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('spans', () => {
  const text =
    'const a = 1;\nfunction outer() {\n  app.get("/x", (req) => { db.query("a" + req.query.id, b); });\n}\n';

  it('of calls, callees and arguments are theirs', () => {
    const file = lower(text);
    const calls = operations(file, 'call').map(({ op, index }) => {
      const cut = (span: { s: number; e: number }): string => {
        const { s, e } = absoluteSpan(file, index, span);
        return text.slice(s, e);
      };
      return [cut(op), cut(op.calleeSpan), ...op.args.map(cut)];
    });
    expect(calls).toEqual([
      [
        'app.get("/x", (req) => { db.query("a" + req.query.id, b); })',
        'app.get',
        '"/x"',
        '(req) => { db.query("a" + req.query.id, b); }',
      ],
      ['db.query("a" + req.query.id, b)', 'db.query', '"a" + req.query.id', 'b'],
    ]);
  });

  it('of a copy is the value that is moved, of a concat part the part', () => {
    const code = 'el.innerHTML = req.query.id;\nel.title += "x" + name;';
    const file = lower(code);
    const at = (span: { s: number; e: number }): string => code.slice(span.s, span.e);
    expect(operations(file, 'copy').map(({ op }) => at(op))).toEqual(['req.query.id', '"x" + name']);
    const parts = operations(file, 'concat').map(({ op }) =>
      op.parts.map((it) => (typeof it === 'string' ? it : at(it))),
    );
    expect(parts).toEqual([
      ['x', 'name'],
      ['el.title', '"x" + name'],
    ]);
  });

  it('of comments and errors are absolute', () => {
    const code = 'f(); // one\nfunction g() { /* two */ x = = 1; }\n/* three';
    const file = lower(code);
    expect(file.comments.map((it) => code.slice(it.s, it.e))).toEqual(['// one', '/* two */']);
    expect(file.errors.length).toBeGreaterThan(0);
    expect(file.errors.every((it) => it.s >= 0 && it.e <= code.length && it.s <= it.e)).toBe(true);
  });

  it('marks only the function that holds an error', () => {
    const file = lower('function a() { x = = 1; }\nfunction b() { return 1; }\n');
    expect(file.funcs.map((it) => [it.name, it.hasError])).toEqual([
      ['<module>', false],
      ['a', true],
      ['b', false],
    ]);
  });
});

describe('deep and long code', () => {
  const many = 10_000;
  const cases: Readonly<Record<string, string>> = {
    parentheses: `x = ${'('.repeat(many)}y${')'.repeat(many)}`,
    arrays: `x = ${'['.repeat(many)}y${']'.repeat(many)}`,
    objects: `x = ${'{a:'.repeat(many)}y${'}'.repeat(many)}`,
    calls: `x = y${'.f(z)'.repeat(many)}`,
    arrows: `x = ${'a => '.repeat(many)}y`,
    blocks: '{'.repeat(many) + 'f()' + '}'.repeat(many),
    'else if': Array<string>(3000).fill('if (a) f();').join(' else '),
    not: `x = ${'!'.repeat(many)}y`,
    conditional: `x = ${'a ? '.repeat(many)}y${' : b'.repeat(many)}`,
    or: `x = ${Array<string>(many).fill('a').join(' || ')}`,
    nullish: `x = ${Array<string>(many).fill('a').join(' ?? ')}`,
    assignments: `${'a = '.repeat(many)}y`,
    commas: Array<string>(many).fill('f()').join(', '),
    templates: `x = ${'`${'.repeat(3000)}y${'}`'.repeat(3000)}`,
    patterns: `const ${'['.repeat(3000)}a${']'.repeat(3000)} = y`,
    elements: `x = ${'<a>'.repeat(3000)}${'</a>'.repeat(3000)}`,
    switches: 'switch (a) { case 1: '.repeat(2000) + '}'.repeat(2000),
    tries: 'try { '.repeat(2000) + '} finally {}'.repeat(2000),
    classes: `x = ${'class { a = '.repeat(1000)}y${' }'.repeat(1000)}`,
    functions: 'function f() { '.repeat(2000) + '}'.repeat(2000),
    mixed: `x = ${'f([{ a: (b || '.repeat(1500)}y${') }])'.repeat(1500)}`,
    unclosed: `x = ${'f([{ a: '.repeat(3000)}`,
  };

  it.each(Object.keys(cases))('%s do not overflow the stack', (name) => {
    const text = cases[name]!;
    expect(violations(lower(text), text)).toEqual([]);
  });

  it('a long chain of plus is one concat', () => {
    const text = `x = ${Array<string>(5000).fill("'a' + b").join(' + ')}`;
    const concats = operations(lower(text), 'concat');
    expect(concats.map(({ op }) => op.parts.length)).toEqual([10_000]);
  });

  it('names in code that is too deep still reach the value', () => {
    const [unknown] = operations(lower(`x = ${'['.repeat(2000)}secret${']'.repeat(2000)}`), 'combine');
    const file = lower(`x = ${'['.repeat(2000)}secret${']'.repeat(2000)}`);
    expect(unknown!.op.from.map((it) => file.funcs[0]!.vars[it.root]!.name)).toContain('secret');
    expect(file.funcs[0]!.truncated).toBe(true);
    expect(lower('x = [[secret]];').funcs[0]!.truncated).toBeUndefined();
  });
});

describe('caching', () => {
  const text = [
    'const a = require("a");',
    'function one(x) { return x + a; }',
    'function two(y) { return (z) => y + z; }',
    'class K { f = 1; m() { return one(this.f); } }',
    '',
  ].join('\n');

  function loweredBy(edited: string): { lowered: number; file: FileIR } {
    const cache = makeLowerCache();
    lower(text, 'javascript', cache);
    cache.lowered = 0;
    const file = lower(edited, 'javascript', cache);
    expect(file).toEqual(lower(edited));
    return { lowered: cache.lowered, file };
  }

  it('lowers nothing again when nothing changed, or only text above moved it', () => {
    expect(loweredBy(text).lowered).toBe(0);
    const file = lower(text);
    const moved = lower(`// a comment\n\n${text}`);
    expect(moved.funcs.slice(1)).toEqual(file.funcs.slice(1));
    expect(moved.hashes.slice(1)).toEqual(file.hashes.slice(1));
  });

  it('lowers the edited function alone when its length stays', () => {
    expect(loweredBy(text.replace('x + a', 'x - a')).lowered).toBe(1);
  });

  it('lowers the functions around it too when its length changed, because what follows moved', () => {
    const { lowered } = loweredBy(text.replace('y + z', 'y + z + 1'));
    expect(lowered).toBe(3);
  });

  it('lowers the functions around it when its free names changed', () => {
    expect(loweredBy(text.replace('x + a', 'x + b')).lowered).toBe(2);
  });

  it('has different hashes for what differs in name, kind or shape only', () => {
    const variants = [
      'x = () => 1;',
      'y = () => 1;',
      'x = (1) >= 1;',
      'x = function () {};',
      'x = async () => 1;',
    ];
    const hashes = variants.map((it) => lower(it).hashes.join());
    expect(new Set(hashes).size).toBe(variants.length);
  });

  it('stays within its capacity and forgets what was not used', () => {
    const cache = makeLowerCache(3);
    lower('a = () => 1; b = () => 2; c = () => 3;', 'javascript', cache);
    expect(cache.entries.size).toBe(3);
    cache.lowered = 0;
    lower('a = () => 1; b = () => 2; c = () => 3;', 'javascript', cache);
    expect(cache.lowered).toBeGreaterThan(0);
  });

  it('gives after any edits what a fresh start gives', () => {
    const random = randomNumbers(7);
    const cache = makeLowerCache(500);
    const files = [...realFiles('yaml', 12_000), ...realFiles('./server/src/lang', 20_000)].filter(
      (_, at) => at % 12 === 0,
    );
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      let content = file.text;
      const tree = parseText(file.language, content);
      for (let round = 0; round < 10; round++) {
        const edit = randomEdit(content, random);
        content = content.slice(0, edit.start) + edit.inserted + content.slice(edit.oldEnd);
        tree.edit(edit.start, edit.oldEnd, edit.start + edit.inserted.length, content);
        const incremental = lowerFile(file.language, tree.arena(), cache);
        expect(incremental).toEqual(lowerFile(file.language, tree.arena()));
        expect(violations(incremental, content)).toEqual([]);
      }
      tree.delete();
    }
    expect(cache.reused).toBeGreaterThan(0);
  });
});
