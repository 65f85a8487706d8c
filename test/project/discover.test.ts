// What discovery finds, what it leaves out and why, and that nothing on a disk stops it.
// Real files wherever the machine allows; where root may read everything, a file system that refuses.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { discover } from '../../server/src/project/discover.ts';
import { disk } from '../../server/src/project/files.ts';
import type { FileSystem } from '../../server/src/project/files.ts';
import { listing, short, tree } from './tree.ts';

const refusal = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }));

describe('files', () => {
  test('are yielded in the order of their paths with language, size and URI', async () => {
    const root = tree({
      'b.ts': 'export {};',
      'a/z.js': '1',
      'a.jsx': '',
      'a/é ü.mjs': '2',
      'bin/run': '#!/usr/bin/env -S node --no-warnings\nmain();',
    });
    const events = [];
    for await (const it of discover([root])) events.push(it);
    expect(events).toMatchObject([
      { type: 'file', path: join(root, 'a.jsx'), languageId: 'javascriptreact', text: '', size: 0 },
      { type: 'file', path: join(root, 'a/z.js'), languageId: 'javascript', text: '1', size: 1 },
      { type: 'file', path: join(root, 'a/é ü.mjs') },
      { type: 'file', path: join(root, 'b.ts'), languageId: 'typescript' },
      { type: 'file', path: join(root, 'bin/run'), languageId: 'javascript' },
    ]);
    expect(events[2]!.uri).toBe(`file://${root}/a/%C3%A9%20%C3%BC.mjs`);
  });

  test('of other kinds are told apart by extension only', async () => {
    const root = tree({
      'a.rb': '',
      'b.RB': '',
      LICENSE: 'MIT',
      '.env': '',
      'page.d.ts': '',
      'i18n.ts': '<?xml version="1.0"?>',
    });
    expect(await listing(root)).toEqual([
      'unsupported .env: no extension',
      'unsupported LICENSE: no extension',
      'unsupported a.rb: .rb',
      'unsupported b.RB: .rb',
      'unsupported i18n.ts: .ts (XML, not TypeScript)',
      'file page.d.ts',
    ]);
  });

  test('below two roots come once', async () => {
    const root = tree({ 'a/b/x.js': '', 'a/y.js': '', 'a/lib.rb': '' });
    expect(await short(root, {}, ['a/b', 'a', 'a/y.js', 'a/b/../y.js'])).toEqual([
      'file a/y.js',
      'file a/b/x.js',
      'unsupported a/lib.rb',
    ]);
  });

  test('of a scan that was aborted do not come', async () => {
    const root = tree({ 'a.js': '', 'b.js': '', 'c/d.js': '' });
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const it of discover([root], {}, stop.signal)) {
      seen.push(it.path);
      stop.abort();
    }
    expect(seen).toEqual([join(root, 'a.js')]);
  });
});

describe('manifests', () => {
  const files = {
    'package.json': '{}',
    'repo/.git/': '',
    'repo/package.json': '{"name": "shop"}',
    'repo/tsconfig.base.json': '{}',
    'repo/tsconfig.json': '{}',
    'repo/data.json': '{}',
    'repo/src/package.json': '{}',
    'repo/src/a.js': '',
    'repo/src/node_modules/x/package.json': '{}',
  };

  test('are given with the files, as json', async () => {
    const events = [];
    for await (const it of discover([join(tree(files), 'repo')])) if (it.type === 'file') events.push(it);
    expect(events.map((it) => [it.path.replace(/^.*\/repo\//, ''), it.languageId])).toEqual([
      ['package.json', 'json'],
      ['src/a.js', 'javascript'],
      ['src/package.json', 'json'],
      ['tsconfig.base.json', 'json'],
      ['tsconfig.json', 'json'],
    ]);
    expect(events[0]!.text).toBe('{"name": "shop"}');
  });

  test('above a folder or file come from its repository', async () => {
    const root = tree(files);
    const above = ['file repo/package.json', 'file repo/tsconfig.json'];
    expect(await short(root, {}, ['repo/src'])).toEqual([
      ...above,
      'file repo/src/a.js',
      'excluded repo/src/node_modules/',
      'file repo/src/package.json',
    ]);
    expect(await short(root, {}, ['repo/src/a.js'])).toEqual([
      'file repo/src/a.js',
      ...above,
      'file repo/src/package.json',
    ]);
  });
});

describe('ignore files', () => {
  test('hold at every level, deeper ones overrule, negation re-includes', async () => {
    const root = tree({
      '.gitignore': '*.gen.js\n/out/\nlogs/*.js\n# comment\n\\#odd.js\n',
      'a.gen.js': '',
      '#odd.js': '',
      'out/a.js': '',
      'src/out/a.js': '',
      'logs/a.js': '',
      'src/logs/a.js': '',
      'src/.gitignore': '!keep.gen.js\nlocal.js\n',
      'src/keep.gen.js': '',
      'src/local.js': '',
      'src/deep/local.js': '',
      'local.js': '',
    });
    expect(await short(root)).toEqual([
      'ignored #odd.js',
      'unsupported .gitignore',
      'ignored a.gen.js',
      'file local.js',
      'ignored logs/a.js',
      'ignored out/',
      'unsupported src/.gitignore',
      'ignored src/deep/local.js',
      'file src/keep.gen.js',
      'ignored src/local.js',
      'file src/logs/a.js',
      'file src/out/a.js',
    ]);
  });

  test('agree with git', async () => {
    const files: Record<string, string> = {
      '.gitignore':
        'build\n*.log.js\n!important.log.js\n/only-here.js\ndoc/**/*.js\n!doc/keep/\nabc/*\n!abc/x/\n[ab].js\n',
      'sub/.gitignore': '!build/\n/inner.js\n',
      '.git-placeholder': '',
    };
    const names = [
      'build/x.js',
      'sub/build/x.js',
      'sub/build/y.log.js',
      'a.js',
      'c.js',
      'x.log.js',
      'important.log.js',
    ];
    names.push(
      'only-here.js',
      'sub/only-here.js',
      'doc/a.js',
      'doc/k/b.js',
      'doc/keep/c.js',
      'abc/x/y.js',
      'abc/z/y.js',
    );
    names.push('sub/inner.js', 'sub/deep/inner.js', 'sub/a.js');
    for (const name of names) files[name] = '';
    const root = tree(files);
    execFileSync('git', ['init', '-q', root]);
    writeFileSync(join(root, '.git/info/exclude'), 'c.js\n');
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
    const listed = execFileSync('git', ['-C', root, 'ls-files', '-co', '--exclude-standard', '*.js'], {
      env,
    });
    const expected = listed.toString().trim().split('\n').sort();
    const found = (await short(root)).filter((it) => it.startsWith('file ')).map((it) => it.slice(5));
    expect(found.sort()).toEqual(expected);
    expect(expected).toContain('abc/x/y.js');
    expect(expected).not.toContain('c.js');
  });

  test('above the root hold up to the top of the repository, but not for the root itself', async () => {
    const root = tree({
      '.gitignore': '*.gen.js\nignored/\n',
      'repo/.git/': '',
      'repo/.gitignore': '*.tmp.js\nignored/\n',
      'repo/src/a.js': '',
      'repo/src/a.tmp.js': '',
      'repo/src/a.gen.js': '',
      'repo/ignored/b.js': '',
    });
    expect(await short(root, {}, ['repo/src'])).toEqual([
      'file repo/src/a.gen.js',
      'file repo/src/a.js',
      'ignored repo/src/a.tmp.js',
    ]);
    expect(await short(root, {}, ['repo/ignored'])).toEqual(['file repo/ignored/b.js']);
  });

  test('of Faultline overrule those of git', async () => {
    const root = tree({
      '.gitignore': 'dist/\n',
      '.faultlineignore': '!dist/\nlegacy/\n',
      'dist/a.js': '',
      'legacy/b.js': '',
    });
    const found = await listing(root);
    expect(found).toContain('file dist/a.js');
    expect(found).toContain('ignored legacy/: matches legacy/ in $ROOT/.faultlineignore');
  });

  test('that cannot be read are a failure, and the folder is still walked', async () => {
    const root = tree({ '.gitignore': 'a.js', 'a.js': '' });
    const fs: FileSystem = {
      ...disk,
      read: (path, limit) => (path.endsWith('.gitignore') ? refusal('EACCES') : disk.read(path, limit)),
    };
    expect(await listing(root, { fs })).toEqual([
      'failed unreadable .gitignore: cannot be read (EACCES), so its rules are not applied',
      'unsupported .gitignore: no extension',
      'file a.js',
    ]);
  });

  test('do not apply to files named themselves', async () => {
    const root = tree({ '.gitignore': '*.js', 'a.js': '', 'node_modules/m/i.js': '// @generated\n' });
    expect(await short(root, {}, ['a.js', 'node_modules/m/i.js'])).toEqual([
      'file a.js',
      'file node_modules/m/i.js',
    ]);
    expect(await short(root, {}, ['node_modules/m'])).toEqual(['generated node_modules/m/i.js']);
  });
});

describe('folders left out', () => {
  test('are installed packages and version control, not build output that is not ignored', async () => {
    const root = tree({
      'node_modules/x/index.js': '',
      '.git/hooks/a.js': '',
      'packages/a/node_modules/y.js': '',
      'dist/a.js': '',
      'build/b.js': '',
    });
    expect(await listing(root)).toEqual([
      'excluded .git/: version control',
      'file build/b.js',
      'file dist/a.js',
      'excluded node_modules/: installed packages',
      'excluded packages/a/node_modules/: installed packages',
    ]);
  });

  test('are what --exclude globs match', async () => {
    const root = tree({
      'test/a.js': '',
      'src/test/b.js': '',
      'src/a.spec.ts': '',
      'src/a.ts': '',
      'lib/x/y.js': '',
    });
    const exclude = ['test', '**/*.spec.ts', './lib/**'];
    expect(await listing(root, { exclude })).toEqual([
      'excluded lib/: matches --exclude ./lib/**',
      'excluded src/a.spec.ts: matches --exclude **/*.spec.ts',
      'file src/a.ts',
      'excluded src/test/: matches --exclude test',
      'excluded test/: matches --exclude test',
    ]);
    expect(await short(root, { exclude }, ['src/a.spec.ts'])).toEqual(['excluded src/a.spec.ts']);
    await expect(listing(root, { exclude: ['!src'] })).rejects.toThrow(
      'a glob that starts with ! is not supported',
    );
  });
});

describe('files left out', () => {
  test('too large, with both figures', async () => {
    const root = tree({
      'big.js': Buffer.alloc(20 * 1024 * 1024, 'a\n'),
      'edge.js': Buffer.alloc(1024 * 1024, 'a\n'),
    });
    expect(await listing(root)).toEqual(['too-large big.js: 20 MB, the limit is 1 MB', 'file edge.js']);
    expect(await listing(root, { maxFileSize: 100 })).toEqual([
      'too-large big.js: 20 MB, the limit is 100 bytes',
      'too-large edge.js: 1 MB, the limit is 100 bytes',
    ]);
    expect(await short(root, { maxFileSize: Infinity })).toEqual(['file big.js', 'file edge.js']);
  });

  test('with lines nobody can read, not for data in quotes', async () => {
    const root = tree({
      'line.js': `var a = "${'x'.repeat(2 * 1024 * 1024)}";\nvar b;\n`,
      'picture.js': `var a = "${'x'.repeat(300 * 1024)}";\nvar b;\n`,
      'code.js': `f();\n${'f(1);'.repeat(40 * 1024)}\n${'g();\n'.repeat(2000)}`,
    });
    expect(await listing(root, { maxFileSize: Infinity })).toEqual([
      'long-lines code.js: line 2 has 200 K characters, the limit is 100 K',
      'long-lines line.js: line 1 has 2048 K characters, the limit is 500 K',
      'file picture.js',
    ]);
  });

  test('not UTF-8 are failures that say what was found where', async () => {
    const root = tree({
      'latin1.js': Buffer.from('// ok\nvar caf\xe9 = 1;\n', 'latin1'),
      'cp1252.js': Buffer.from('var a = "\x93quoted\x94";', 'latin1'),
      'cut.js': Buffer.from([0x61, 0xe2, 0x82]),
      'sjis.js': Buffer.from('2f2f2093fa967b8cea82cc83528381839383672e2e', 'hex'),
      'utf16-bare.js': Buffer.from('var a = 1;\n', 'utf16le'),
      'good.js': 'var café = "日本語 😀";',
    });
    expect(await listing(root)).toEqual([
      'failed encoding cp1252.js: byte 0x93 at offset 9 (line 1) is not UTF-8; it looks like Windows-1252',
      'failed encoding cut.js: byte 0xE2 at offset 1 (line 1) is not UTF-8; it looks like Windows-1252',
      'file good.js',
      'failed encoding latin1.js: byte 0xE9 at offset 13 (line 2) is not UTF-8; it looks like ISO-8859-1 (Latin-1)',
      'failed encoding sjis.js: byte 0x93 at offset 3 (line 1) is not UTF-8; it looks like an East Asian encoding',
      'failed encoding utf16-bare.js: it looks like UTF-16 LE without a byte order mark',
    ]);
  });

  test('byte order marks are understood and dropped', async () => {
    const root = tree({
      'utf8.js': '\ufeffvar a;',
      'le.js': Buffer.from('\ufeffvar ä;', 'utf16le'),
      'be.js': Buffer.from('\ufeffvar ä;', 'utf16le').swap16(),
    });
    const texts: string[] = [];
    for await (const it of discover([root])) if (it.type === 'file') texts.push(it.text);
    expect(texts).toEqual(['var ä;', 'var ä;', 'var a;']);
  });

  test('binary, minified and generated files are skipped with the reason', async () => {
    const minified = `var a=1;${'function f(x){return x+1}'.repeat(40)}\n`.repeat(5);
    const root = tree({
      'video.ts': Buffer.from([0x47, 0x40, 0x11, 0, 0x10, 0xff]),
      'lib.min.js': 'var a;',
      'packed.js': minified,
      'data.js': `export default [\n${`  "${'lorem ipsum '.repeat(60)}",\n`.repeat(10)}];\n`,
      'proto.js': '// Code generated by protoc-gen-js. DO NOT EDIT.\nvar a;',
      'graphql.ts': '/* eslint-disable */\n/**\n * @generated by codegen\n */\nexport {};',
      'bundle.js': '/******/ (() => { // webpackBootstrap\n/******/ var m = {};\n})();',
      'hand.js': "'use strict';\n// Read the @generated marker of other files.\nconst marker = '@generated';",
      'table.js': '// DO NOT EDIT the order: clients rely on it.\nexport const order = [];\n',
      'init.js': '// /!\\ DO NOT MODIFY THIS FILE /!\\\n// It is installed globally.\nmain();\n',
      'made.js': '// Generated from api.yml.\n// Please do not modify it by hand.\nmain();\n',
      'app.js': 'const a = 1;\n// the rest is @generated by nobody\n',
      'public/vendor/jq.js':
        '/*!\n * jQuery JavaScript Library v3.6.0\n * Released under the MIT license\n */\n(function () {})();',
    });
    expect(await listing(root)).toEqual([
      'file app.js',
      'generated bundle.js: a bundle made by webpack',
      'file data.js',
      'generated graphql.ts: its header says “@generated”',
      'file hand.js',
      'file init.js',
      'minified lib.min.js: its name says that it is minified',
      'generated made.js: its header says “Generated from api.yml. // Please do not modify”',
      'minified packed.js: its lines are 1009 characters long on average',
      'generated proto.js: its header says “DO NOT EDIT”',
      'generated public/vendor/jq.js: a copy of a published library: “jQuery JavaScript Library v3.6.0”',
      'file table.js',
      'binary video.ts: byte 3 is NUL, so this is not text',
    ]);
  });
});

describe('odd entries', () => {
  test('a folder named like a file is walked', async () => {
    const root = tree({ 'x.js/y.js': '', 'x.js/z.ts/': '' });
    expect(await short(root)).toEqual(['file x.js/y.js']);
  });

  test('links are never followed and always named', async () => {
    const root = tree({
      'repo/src/a.js': '',
      'other/b.js': '',
      'repo/loop/c.js': '',
      'repo/.gitignore': 'hidden.js',
    });
    symlinkSync('../loop', join(root, 'repo/loop/again'));
    symlinkSync('self.js', join(root, 'repo/self.js'));
    symlinkSync('src/a.js', join(root, 'repo/inside.js'));
    symlinkSync('../other/b.js', join(root, 'repo/outside.js'));
    symlinkSync('../other', join(root, 'repo/outside'));
    symlinkSync('gone.js', join(root, 'repo/broken.js'));
    symlinkSync('../other/b.js', join(root, 'repo/hidden.js'));
    symlinkSync('README', join(root, 'repo/readme-link'));
    expect(await listing(root, {}, ['repo'])).toEqual([
      'unsupported repo/.gitignore: no extension',
      'symlink repo/broken.js: a link to something that does not exist',
      'ignored repo/hidden.js: matches hidden.js in $ROOT/repo/.gitignore',
      'symlink repo/inside.js: a link to $ROOT/repo/src/a.js, which is scanned under its own path',
      'symlink repo/loop/again/: a link to $ROOT/repo/loop, which is scanned under its own path',
      'file repo/loop/c.js',
      'symlink repo/outside/: a link to $ROOT/other, outside of the scanned folder',
      'symlink repo/outside.js: a link to $ROOT/other/b.js, outside of the scanned folder',
      'unsupported repo/readme-link: no extension',
      'symlink repo/self.js: a link that leads back to itself',
      'file repo/src/a.js',
    ]);
  });

  test('a root may be a link itself', async () => {
    const root = tree({ 'real/a.js': '' });
    symlinkSync('real', join(root, 'link'));
    expect(await short(root, {}, ['link'])).toEqual(['file link/a.js']);
  });

  test.skipIf(process.platform === 'win32')('a named pipe does not block', async () => {
    const root = tree({ 'a.js': '' });
    execFileSync('mkfifo', [join(root, 'pipe.js'), join(root, 'pipe'), join(root, '.gitignore')]);
    expect(await listing(root)).toEqual([
      'unsupported .gitignore: no extension',
      'file a.js',
      'unsupported pipe: no extension',
      'not-a-file pipe.js: a pipe, socket or device, not a file',
    ]);
    expect(await listing(root, {}, ['pipe.js'])).toEqual([
      'failed not-a-file pipe.js: neither a file nor a folder',
    ]);
    // The entry was a file when the folder was listed and is a pipe when it is opened.
    const swapped: FileSystem = {
      ...disk,
      list: async (it) => (await disk.list(it)).map((entry) => ({ ...entry, kind: 'file' as const })),
    };
    expect(await listing(root, { fs: swapped })).toContain('not-a-file pipe.js: not a file any more');
  });

  test('files and folders that vanish during the scan are failures', async () => {
    const root = tree({ 'a.js': '', 'b.js': '', 'c/d.js': '', 'e.js': '' });
    const lines: string[] = [];
    for await (const it of discover([root])) {
      lines.push(
        `${it.type} ${it.path.slice(root.length + 1)} ${'reason' in it ? it.reason.text : ''}`.trim(),
      );
      if (!it.path.endsWith('a.js')) continue;
      rmSync(join(root, 'b.js'));
      rmSync(join(root, 'c'), { recursive: true });
    }
    expect(lines).toEqual([
      'file a.js',
      'failed b.js the file was deleted or moved during the scan',
      'failed c the folder was deleted or moved during the scan',
      'file e.js',
    ]);
  });

  test('what may not be read is a failure, and the rest is found', async () => {
    const root = tree({ 'a.js': '', 'secret.js': '', 'closed/b.js': '', 'z.js': '', 'io.js': '' });
    const fs: FileSystem = {
      ...disk,
      list: (it) => (it.endsWith('closed') ? refusal('EACCES') : disk.list(it)),
      read: (it, limit) =>
        it.endsWith('secret.js')
          ? refusal('EACCES')
          : it.endsWith('io.js')
            ? refusal('EIO')
            : disk.read(it, limit),
    };
    expect(await listing(root, { fs })).toEqual([
      'file a.js',
      'failed unreadable closed: no permission to read the folder',
      'failed unreadable io.js: the file cannot be read: EIO',
      'failed unreadable secret.js: no permission to read the file',
      'file z.js',
    ]);
  });

  test('a root that does not exist is a failure', async () => {
    const root = tree({ 'a.js': '' });
    expect(await listing(root, {}, ['nope', 'a.js'])).toEqual([
      'file a.js',
      'failed vanished nope: does not exist',
    ]);
  });

  test('a name that is not UTF-8 is said to be one', async () => {
    const root = tree({ 'a.js': '' });
    mkdirSync(join(root, 'd'));
    writeFileSync(
      Buffer.concat([Buffer.from(join(root, 'd/bad-')), Buffer.from([0xff]), Buffer.from('.js')]),
      '',
    );
    expect(await listing(root)).toEqual([
      'file a.js',
      'failed unreadable d/bad-\ufffd.js: its name is not valid UTF-8',
    ]);
  });

  test('hundreds of folders deep into each other are walked or refused, not fatal', async () => {
    const root = tree({ 'a.js': '' });
    let depth = 0;
    for (let at = root; depth < 400; depth++) {
      at = join(at, 'deeper');
      try {
        mkdirSync(at);
      } catch {
        break;
      }
      if (depth === 300) writeFileSync(join(at, 'b.js'), '');
    }
    expect((await short(root)).length).toBe(depth > 300 ? 2 : 1);
  });
});
