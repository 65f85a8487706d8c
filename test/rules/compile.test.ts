// Rule files to index: what rows mean to a walker, what merging adds, and what is said of broken files.

import { describe, expect, test } from 'vitest';
import { compileRules, emptyRules, loadRules, mergeRules } from '../../server/src/rules/index.ts';
import { at, walk } from './walk.ts';

const KIND = `
kind: sql
severity: error
cwe: 89
title: SQL built from user input
message: '{source} reaches {sink}.'
why: It is executed.
instead: Pass parameters.
`;
const KIND_FILE = { file: 'kinds/sql.yaml', text: KIND };

function compile(text: string, file = 'models/javascript/x.yaml') {
  return compileRules([KIND_FILE, { file, text }]);
}
function index(text: string) {
  const { rules, problems } = compile(text);
  expect(problems).toEqual([]);
  return loadRules(JSON.stringify(rules));
}
function complaints(text: string): string[] {
  return compile(text).problems.map((it) => `${it.line}:${it.column} ${it.message}`);
}

describe('rows', () => {
  test('a sink on an instance is found through a types row', () => {
    const it = index(`
types:
  - db.Connection: db.connect()
  - db.Pool: { is: db.Connection }
sinks:
  - at: db.Connection#query(0).sql
    kind: sql
`);
    expect(at(it, 'db').member('connect').call().member('query').roles()).toEqual(['sql(0)']);
    const pool = walk(it, [it.instance(it.member(it.root('db'), 'Pool'))]);
    expect(pool.member('query').names).toEqual(['db.Connection#query']);
  });

  test('packages share rows, each with its own name', () => {
    const it = index(`
packages: [one, '@two/three']
types:
  - $pkg.T: $pkg.make()
sinks:
  - at: $pkg.T#run(0)
    kind: sql
`);
    const run = (name: string) => at(it, name).member('make').call().member('run').names;
    expect(run('one')).toEqual(['one.T#run']);
    expect(run('@two/three')).toEqual(['@two/three.T#run']);
  });

  test('aliases may be circular and hold below both names', () => {
    const it = index(`
aliases:
  - a.self: a
  - b: a
  - a: b
sources:
  - at: a.secret
    kind: remote
`);
    expect(at(it, 'b').member('self').member('self').member('secret').roles()).toEqual(['<remote']);
    expect(at(it, 'a').nodes).toHaveLength(2);
  });

  test('the most precise callback row wins and is the general ones too', () => {
    const it = index(`
sources:
  - at: f(1..)<0>.a
    kind: remote
  - at: f(2)<0>.b
    kind: env
  - at: f(*)<*>.c
    kind: file
  - at: f(-1)<1>.d
    kind: cli
`);
    const f = at(it, 'f');
    expect(f.callback(0, 3, 0).member('c').roles()).toEqual(['<file']);
    expect(f.callback(0, 3, 0).member('a').roles()).toEqual([]);
    expect(f.callback(1, 3, 0).member('a').roles()).toEqual(['<remote']);
    expect(f.callback(2, 4, 0).member('a').roles()).toEqual(['<remote']);
    expect(f.callback(2, 4, 0).member('b').roles()).toEqual(['<env']);
    expect(f.callback(2, 4, 0).member('c').roles()).toEqual(['<file']);
    expect(f.callback(4, 5, 1).member('d').roles()).toEqual(['<cli']);
    expect(f.callback(4, 5, 1).member('c').roles()).toEqual(['<file']);
  });

  test('options fields, typed functions and files that a framework calls', () => {
    const it = index(`
sources:
  - at: app.route(0).handler<0>.body
    kind: remote
  - at: lib.Handler()<0>.query
    kind: remote
  - at: '"%file:**/api/*.ts".GET<0>'
    kind: remote
`);
    expect(
      at(it, 'app').member('route').argument(0, 1).member('handler').param(0).member('body').roles(),
    ).toEqual(['<remote']);
    expect(at(it, 'lib').member('Handler').call().param(0).member('query').roles()).toEqual(['<remote']);
    expect(walk(it, it.fileExports!('src/api/users.ts')).member('GET').param(0).roles()).toEqual(['<remote']);
    expect(it.fileExports!('src/lib/users.ts')).toEqual([]);
  });

  test('functions known by the names of their parameters', () => {
    const it = index(`
sources:
  - at: '"%params:req,res"<0>.query'
    kind: remote
`);
    const found = (...names: string[]) => walk(it, it.namedParams!(names)).param(0).member('query').roles();
    expect(found('req', 'res', 'next')).toEqual(['<remote']);
    expect(found('req')).toEqual([]);
    expect(found('res', 'req')).toEqual([]);
  });

  test('decorators with and without a call', () => {
    const it = index(`
sources:
  - at: '@web.Get<*>'
    kind: remote
  - at: '@@web.Body'
    kind: remote
`);
    const web = at(it, 'web');
    expect(web.member('Get').decorated(1).roles()).toEqual(['<remote']);
    expect(web.member('Get').call().decorated(1).roles()).toEqual(['<remote']);
    expect(web.member('Body').call().paramDecorator().roles()).toEqual(['<remote']);
  });

  test('elements, members and numbered elements', () => {
    const it = index(`
sources:
  - at: a.list[*].x
    kind: remote
  - at: a.map.*
    kind: env
  - at: a.map.own
    kind: cli
`);
    const a = at(it, 'a');
    expect(a.member('list').member(3).member('x').roles()).toEqual(['<remote']);
    expect(a.member('list').member(null).member('x').roles()).toEqual(['<remote']);
    expect(a.member('list').member('length').roles()).toEqual([]);
    expect(a.member('map').member('other').roles()).toEqual(['<env']);
    expect(a.member('map').member('own').roles()).toEqual(['<cli', '<env']);
  });

  test('assignments, guards, barriers, flows, closed calls and checks', () => {
    const it = index(`
sinks:
  - at: dom.Element#innerHTML =
    kind: sql
    byName: true
guards:
  - at: v.isInt(0)
    kind: '*'
barriers:
  - at: v.escape()
    kind: sql
flows:
  - at: v.trim(0)
    to: return
closed:
  - v.count()
checks:
  - id: weak
    call: v.hash(0)
    when: { '0': md5 }
    severity: warning
    cwe: 327
    title: Weak hash
    message: MD5 is weak.
`);
    const v = at(it, 'v');
    const roles = (name: string) => v.member(name).roles();
    expect(it.methodsByName('innerHTML').map((node) => it.name(node))).toEqual(['dom.Element#innerHTML']);
    expect(roles('isInt')).toEqual(['?*']);
    expect(roles('escape')).toEqual(['-sql']);
    expect(roles('trim')).toEqual(['0>"return"']);
    expect(roles('count')).toEqual(['closed']);
    expect(roles('hash')).toEqual(['!weak']);
  });
});

describe('index', () => {
  test('the empty index answers nothing', () => {
    expect(emptyRules.root('express')).toBe(-1);
    expect(emptyRules.methodsByName('query')).toEqual([]);
  });

  test('the hash follows the rules, not their spelling', () => {
    const row = (kind: string) => `sources:\n  - at: a.b\n    kind: ${kind}\n`;
    expect(index(row('remote')).hash).toBe(index(`# a comment\n${row('remote')}`).hash);
    expect(index(row('remote')).hash).not.toBe(index(row('env')).hash);
  });

  test('a project adds to what is shipped', () => {
    const shipped = compile('types:\n  - db.C: db.connect()\nsinks:\n  - at: db.C#query(0)\n    kind: sql\n');
    const own = compileRules(
      [
        {
          file: 'models/own.yaml',
          text: 'types:\n  - db.C: ours.open()\nbarriers:\n  - at: ours.clean()\n    kind: sql\n',
        },
      ],
      ['sql'],
    );
    expect(own.problems).toEqual([]);
    const it = loadRules(mergeRules(shipped.rules, own.rules));
    expect(at(it, 'ours').member('open').call().member('query').roles()).toEqual(['sql(0)']);
    expect(at(it, 'db').member('connect').call().member('query').roles()).toEqual(['sql(0)']);
    expect(it.kinds.map((kind) => kind.kind)).toEqual(['sql']);
  });

  test('damaged or foreign JSON is refused with a sentence', () => {
    expect(() => loadRules('{')).toThrow(/compiled rules are damaged/);
    expect(() => loadRules('{"version":2}')).toThrow(/of another version/);
    expect(() => loadRules('null')).toThrow(/of another version/);
  });
});

describe('broken files', () => {
  test.each([
    ['sinks:\n  - at: a.b(0)\n    kind: sqll\n', ['3:11 no kind is called `sqll`']],
    ['sinks:\n  - at: a.b(0)\n', ['2:5 a sink row needs `kind`']],
    ['sinks:\n  - kind: sql\n', ['2:5 a sink row needs `at`']],
    ['sinks:\n  - at: a.b\n    kind: sql\n', ['2:9 a sink must end in an argument such as `(0)`']],
    [
      'sinks:\n  - at: a.b()\n    kind: sql\n',
      ['2:9 a sink must say which argument it means: `(0)`, `(*)`, `(this)` …'],
    ],
    [
      'sources:\n  - at: a.b\n    kind: remot\n',
      [
        '3:11 `remot` is not a source kind; known are remote, library-input, cli, env, file, stored, archive, secret, error, dom',
      ],
    ],
    [
      'sinks:\n  - at: a.b(0)\n    kind: sql\n    wen: {}\n',
      [expect.stringMatching(/^4:5 unknown key `wen`/)],
    ],
    ['skins: []\n', [expect.stringMatching(/^1:1 unknown key `skins` in a model; known are/)]],
    ['sources: nonsense\n', [expect.stringMatching(/^1:10 a source row must be a mapping/)]],
    ['flows:\n  - at: a.b(0)\n', [expect.stringMatching(/^2:5 a flow row needs `to`/)]],
    ['flows:\n  - at: a.b(0)\n    to: retrun\n', [expect.stringMatching(/^3:9 .*expected `return`/)]],
    ['closed:\n  - a.b(0)\n', ['2:5 a closed call is written `f()`, a closed member `a.b`']],
    [
      'sinks:\n  - at: a.b(0)\n    kind: sql\n    when: { "0": $strng }\n',
      [expect.stringMatching(/^4:18 `\$strng` is none/)],
    ],
    ['sinks:\n  - at: a..b(0)\n    kind: sql\n', [expect.stringMatching(/^2:9 in `a\.\.b\(0\)`: expected/)]],
    [
      'checks:\n  - call: a.b()\n    severity: warning\n    cwe: 1\n',
      ['2:5 a check row needs `id`', '2:5 a check row needs `title`', '2:5 a check row needs `message`'],
    ],
    ['', ['1:1 the file is empty']],
  ])('%j', (text, expected) => {
    expect(complaints(text)).toEqual(expected);
  });

  test('YAML that cannot be parsed names the place', () => {
    const [first] = complaints('sinks:\n  - at: "a.b(0)\n    kind: sql\n');
    expect(first).toMatch(/^\d+:\d+ Missing closing "quote/);
  });

  test('a broken row does not take its neighbours along', () => {
    const { rules, problems } = compile(
      'sinks:\n  - at: a.x(0\n    kind: sql\n  - at: a.y(0)\n    kind: sql\n',
    );
    expect(problems).toHaveLength(1);
    expect(at(loadRules(rules), 'a').member('y').roles()).toEqual(['sql(0)']);
  });

  test.each([
    ['kind: x\n', /needs `severity`/],
    [KIND.replace('cwe: 89', 'cwe: many'), /`cwe` must be a whole number/],
    [KIND.replace('error', 'fatal'), /severity `fatal` is none of/],
    [`${KIND}shape: '('\n`, /`shape` is not a regular expression/],
    [`${KIND}from: [elsewhere]\n`, /`elsewhere` is not a source kind/],
    [`${KIND}colour: red\n`, /unknown key `colour`/],
  ])('kind %#', (text, message) => {
    const { rules, problems } = compileRules([{ file: 'k.yaml', text }]);
    expect(rules.kinds).toEqual([]);
    expect(problems.map((it) => it.message).join('\n')).toMatch(message);
    expect(problems.every((it) => it.line >= 1 && it.column >= 1 && it.file === 'k.yaml')).toBe(true);
  });

  test('a kind may be defined once', () => {
    const { problems } = compileRules([KIND_FILE, { file: 'again.yaml', text: KIND }]);
    expect(problems.map((it) => `${it.file} ${it.message}`)).toEqual([
      'again.yaml the kind `sql` is defined twice',
    ]);
  });

  test('no text at all makes it throw', () => {
    const samples = [
      '\0',
      '- - -',
      '[',
      '{a: [}',
      '? x',
      '*alias',
      '&a *a',
      '!!binary x',
      'a: !x',
      '%YAML 9',
      '"',
      '---\n...\n---',
      'types:\n - 1: 2',
      'sinks: [[], {}, 1, null]',
      'types: [{a: {is: {}}}]',
      'checks: [{call: [f()], id: [x]}]',
      'sinks: [{at: {}, kind: []}]',
    ];
    for (const text of samples) expect(() => compile(text), text).not.toThrow();
    for (const text of samples.slice(0, 12)) expect(compile(text).problems, text).not.toEqual([]);
  });
});
