// Parsing and flattening: the heap walk sees what the public cursor sees, edits lead to the same tree as a fresh parse,
// nothing is bounded by the call stack, and trees can be deleted.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { sameColumns } from '../../server/src/syntax/flatten.ts';
import { knownExtensions, languageOf } from '../../server/src/syntax/language.ts';
import { ParsedTree, flattenMode, initSyntax, parseText } from '../../server/src/syntax/parser.ts';
import { FlatTree, innerOf, subtreeEnd } from '../../server/src/syntax/tree.ts';
import { randomEdit, randomNumbers, realFiles } from './helpers.ts';

beforeAll(initSyntax);

function flat(tree: ParsedTree): FlatTree {
  const arena = tree.arena();
  if (!(arena instanceof FlatTree)) throw new Error('arena() gives a FlatTree');
  return arena;
}

describe('flattening', () => {
  it('reads the heap directly with the pinned runtime', () => expect(flattenMode()).toBe('heap'));

  it('sees what the cursor sees, on real files', () => {
    const files = [
      ...realFiles('yaml', 60_000),
      ...realFiles('@types/node', 40_000),
      ...realFiles('./server/src', 60_000),
    ];
    expect(files.length).toBeGreaterThan(150);
    const different: string[] = [];
    for (const file of files) {
      const tree = parseText(file.language, file.text);
      if (!sameColumns(flat(tree), tree.columnsByCursor())) different.push(file.path);
      tree.delete();
    }
    expect(different).toEqual([]);
  });

  it.each([
    '',
    ' ',
    '\n\n',
    '/* c */',
    '😀',
    'x = = 1; }',
    '`',
    'let é = "é";',
    '#!/bin/node\nx',
    '\ufeffx',
    'f(',
  ])('sees what the cursor sees, on %j', (text) => {
    for (const language of ['javascript', 'typescript', 'typescriptreact'] as const) {
      const tree = parseText(language, text);
      expect(sameColumns(flat(tree), tree.columnsByCursor())).toBe(true);
      tree.delete();
    }
  });

  it('is not bounded by the call stack', () => {
    const depth = 20_000;
    const tree = parseText('javascript', `${'['.repeat(depth)}x${']'.repeat(depth)}`);
    const arena = flat(tree);
    const deepest = arena.type.findIndex((_, node) => arena.typeName(node) === 'identifier');
    expect(arena.textOf(deepest)).toBe('x');
    expect(subtreeEnd(arena, 1)).toBe(arena.count);
    tree.delete();
  });

  it('finds children by field, by name and in order', () => {
    const tree = parseText('javascript', 'f(a, /* c */ b)');
    const arena = tree.arena();
    const call = innerOf(arena, innerOf(arena, 0));
    expect(arena.typeName(call)).toBe('call_expression');
    expect(arena.textOf(arena.child(call, 'function'))).toBe('f');
    expect(arena.child(call, 'operator')).toBe(-1);
    expect(arena.child(call, 'no such field')).toBe(-1);
    expect(arena.namedChildren(arena.child(call, 'arguments')).map((it) => arena.textOf(it))).toEqual([
      'a',
      'b',
    ]);
    expect(arena.hasError(0)).toBe(false);
    tree.delete();
  });
});

describe('edits', () => {
  it('lead to the same tree as a fresh parse, as long as there is no error', () => {
    const random = randomNumbers(1);
    const files = [...realFiles('yaml', 20_000), ...realFiles('./server/src/lang', 20_000)].filter(
      (_, at) => at % 9 === 0,
    );
    let compared = 0;
    for (const file of files) {
      let { text } = file;
      const tree = parseText(file.language, text);
      for (let round = 0; round < 12; round++) {
        const edit = randomEdit(text, random);
        text = text.slice(0, edit.start) + edit.inserted + text.slice(edit.oldEnd);
        tree.edit(edit.start, edit.oldEnd, edit.start + edit.inserted.length, text);
        expect(tree.text).toBe(text);
        expect(sameColumns(flat(tree), tree.columnsByCursor())).toBe(true);
        const fresh = parseText(file.language, text);
        if (!fresh.hasError() && !tree.hasError()) {
          expect(sameColumns(flat(tree), flat(fresh))).toBe(true);
          compared++;
        }
        fresh.delete();
      }
      tree.reparse();
      const fresh = parseText(file.language, text);
      expect(sameColumns(flat(tree), flat(fresh))).toBe(true);
      fresh.delete();
      tree.delete();
    }
    expect(compared).toBeGreaterThan(25);
  });

  it('may follow each other before the text is parsed', () => {
    const tree = parseText('javascript', 'const a = 1;\n');
    tree.edit(13, 13, 24, 'const a = 1;\nconst b = 2');
    tree.edit(0, 0, 3, '// \nconst a = 1;\nconst b = 2'.slice(0, 3) + 'const a = 1;\nconst b = 2');
    const fresh = parseText('javascript', tree.text);
    expect(sameColumns(flat(tree), flat(fresh))).toBe(true);
    fresh.delete();
    tree.delete();
  });
});

describe('lifetime', () => {
  it('keeps arenas after the tree is gone, and says so when the tree itself is used', () => {
    const tree = parseText('javascript', 'x');
    const arena = tree.arena();
    tree.delete();
    tree.delete();
    expect(arena.textOf(0)).toBe('x');
    expect(() => tree.arena()).toThrow('The syntax tree was deleted and cannot be used any more.');
  });
});

describe('failures', () => {
  it('name what could not be parsed, and the next text is parsed afresh', () => {
    const broken = {
      length: 3_000_000,
      slice: (): string => {
        throw new Error('Aborted(). Build with more.');
      },
    };
    expect(() => parseText('javascript', broken as unknown as string)).toThrow(
      'A javascript text of 3.0 million characters could not be parsed: the parser ran out of memory.',
    );
    const tree = parseText('javascript', 'f(x)');
    expect(tree.hasError()).toBe(false);
    expect(flat(tree).textOf(0)).toBe('f(x)');
    tree.delete();
  });
});

describe('grammars', () => {
  it('are the files that VERSIONS tells of', () => {
    const folder = new URL('../../grammars/', import.meta.url);
    const [, ...rows] = readFileSync(new URL('VERSIONS', folder), 'utf8').trim().split('\n');
    const listed = rows.map((row) => row.split(/\s+/));
    const files = readdirSync(folder).filter((it) => it.endsWith('.wasm'));
    expect(listed.map((it) => it[0]).sort()).toEqual(files.sort());
    for (const [file, , version, licence, sha256] of listed) {
      expect(
        createHash('sha256')
          .update(readFileSync(new URL(file!, folder)))
          .digest('hex'),
      ).toBe(sha256);
      expect([version, licence]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/), 'MIT']);
    }
  });
});

describe('languages', () => {
  it.each([
    ['a.js', undefined, 'javascript'],
    ['file:///x/a.MJS', undefined, 'javascript'],
    ['a.cjs', undefined, 'javascript'],
    ['a.jsx', undefined, 'javascriptreact'],
    ['a.d.ts', undefined, 'typescript'],
    ['a.mts', undefined, 'typescript'],
    ['vscode-remote://ssh/a.tsx?x=1.py#y', undefined, 'typescriptreact'],
    ['untitled:Untitled-1', 'typescript', 'typescript'],
    ['a.js', 'plaintext', 'javascript'],
    ['a#b.js', undefined, 'javascript'],
    ['a.rb', 'ruby', undefined],
    ['Makefile', undefined, undefined],
  ])('%s (%s) is %s', (path, id, expected) => {
    expect(languageOf(path, id)).toBe(expected);
  });

  it('knows its extensions', () => expect(knownExtensions()).toContain('.tsx'));
});
