// What the built-in methods of JavaScript do with data. Method names are matched on receivers of unknown type too, so a
// name belongs here only if nearly every use of it in real code is the built-in one.

import type { Effect, Global, NativeGuard, NativeTable, Part } from '../natives.ts';

const text = (...from: Part[]): Effect => ({ e: 'text', from });
const clean: Effect = { e: 'clean' };
const same = (of: Part): Effect => ({ e: 'same', of });
/** One row a name; `new:C` is the constructor `new C`. */
const rows = (effect: Effect, names: string): [string, Effect][] =>
  names.split(' ').map((it) => [it.replace('new:', 'new '), effect]);
const each = (
  gives: Extract<Effect, { e: 'each' }>['gives'],
  params: Extract<Effect, { e: 'each' }>['params'] = ['elem', 'index', 'recv'],
): Effect => ({ e: 'each', fn: 'arg0', params, gives });

const METHODS: [string, Effect][] = [
  ...rows(
    text('recv'),
    'toString toLocaleString trim trimStart trimEnd trimLeft trimRight toLowerCase toUpperCase',
  ),
  ...rows(
    text('recv'),
    'toLocaleLowerCase toLocaleUpperCase substr substring normalize repeat charAt anchor big',
  ),
  ...rows(text('recv', 'arg1'), 'padStart padEnd'),
  ...rows({ e: 'replace' }, 'replace'),
  ...rows({ e: 'replace', all: true }, 'replaceAll'),
  ...rows({ e: 'list', of: ['recv'] }, 'slice subarray toSorted toReversed flat toSpliced'),
  ...rows({ e: 'list', of: ['recv'] }, 'split match matchAll'),
  ...rows({ e: 'list', of: ['arg0'] }, 'exec'),
  ...rows({ e: 'list', of: ['recv', 'args'] }, 'concat'),
  ...rows({ e: 'join' }, 'join'),
  ...rows(
    clean,
    'indexOf lastIndexOf includes startsWith endsWith charCodeAt codePointAt search localeCompare test',
  ),
  ...rows(
    clean,
    'hasOwnProperty hasOwn isPrototypeOf propertyIsEnumerable getTime getFullYear toFixed toPrecision toISOString',
  ),
  ...rows(clean, 'has isFile isDirectory getDate getMonth getHours'),
  ...rows(same('recv'), 'fill copyWithin valueOf freeze'),
  ...rows({ e: 'turn', gives: 'recv' }, 'sort reverse'),
  ...rows({ e: 'add', from: 'args', gives: 'nothing' }, 'push'),
  ...rows({ e: 'insert' }, 'unshift'),
  ...rows({ e: 'add', from: 'args', gives: 'recv' }, 'add'),
  ...rows({ e: 'take' }, 'pop shift'),
  ...rows(same('elem'), 'at next'),
  ...rows({ e: 'splice' }, 'splice'),
  ...rows({ e: 'list', of: ['recv'] }, 'entries values'),
  ...rows({ e: 'put', gives: 'recv' }, 'set'),
  ...rows({ e: 'get' }, 'get'),
  ...rows(each('recv'), 'forEach'),
  ...rows(each('list'), 'map'),
  ...rows(each('flat'), 'flatMap'),
  ...rows(each('recv-list'), 'filter'),
  ...rows(each('elem'), 'find findLast'),
  ...rows(each('clean'), 'some every findIndex findLastIndex'),
  ...rows(
    { e: 'each', fn: 'arg0', params: ['acc', 'elem', 'index', 'recv'], gives: 'last', init: 'arg1' },
    'reduce reduceRight',
  ),
  ...rows({ e: 'then' }, 'then'),
  ...rows({ e: 'run', gives: 'recv' }, 'catch finally'),
  ...rows({ e: 'call' }, 'call'),
  ...rows({ e: 'apply' }, 'apply'),
  ...rows({ e: 'bind' }, 'bind'),
];

const FUNCTIONS: [string, Effect][] = [
  ...rows({ e: 'assign' }, 'Object.assign'),
  ...rows({ e: 'keys', of: 'arg0' }, 'Object.keys Object.getOwnPropertyNames Reflect.ownKeys'),
  ...rows({ e: 'values', of: 'arg0' }, 'Object.values'),
  ...rows({ e: 'pairs', of: 'arg0' }, 'Object.entries'),
  ...rows(same('arg0'), 'Object.freeze Object.seal Object.create Object.preventExtensions structuredClone'),
  ...rows(same('arg0'), 'Promise.resolve Object'),
  ...rows({ e: 'copy' }, 'Promise.all'),
  ...rows({ e: 'list', of: ['arg0'] }, 'Promise.allSettled'),
  ...rows({ e: 'list', of: ['arg0'] }, 'new:Set new:Map new:Array Array Uint8Array.from'),
  ...rows({ e: 'values', of: 'arg0' }, 'Object.fromEntries'),
  ...rows({ e: 'list', of: ['args'], items: true }, 'Array.of'),
  ...rows({ e: 'each', fn: 'arg1', params: ['elem', 'index'], gives: 'list' }, 'Array.from'),
  ...rows(same('elem'), 'Promise.race Promise.any'),
  ...rows({ e: 'deep', from: ['arg0'] }, 'JSON.stringify'),
  ...rows(same('arg0'), 'JSON.parse'),
  ...rows(
    { e: 'text', from: ['arg0'] },
    'String Symbol decodeURIComponent decodeURI unescape escape encodeURI atob btoa',
  ),
  ...rows({ e: 'text', from: ['args'] }, 'String.raw String.fromCharCode'),
  ...rows({ e: 'text', from: ['arg0'] }, 'Buffer.from new:Buffer new:String Buffer.concat'),
  ...rows(
    clean,
    'Number parseInt parseFloat Boolean isNaN isFinite BigInt Number.parseInt Number.parseFloat',
  ),
  ...rows(
    clean,
    'Number.isInteger Number.isSafeInteger Number.isNaN Number.isFinite Array.isArray Object.is',
  ),
  ...rows(
    clean,
    'new:Date Date.now Date.parse new:Number new:Boolean Buffer.byteLength Buffer.isBuffer Buffer.alloc',
  ),
  ...rows({ e: 'promise' }, 'new:Promise'),
  ...rows({ e: 'reflect', list: 2 }, 'Reflect.apply'),
  ...rows({ e: 'reflect', list: 1 }, 'Reflect.construct'),
  ...rows({ e: 'text', from: ['args'] }, 'new:Error Error new:TypeError new:RangeError'),
];
for (const name of 'abs ceil floor round max min pow random sign sqrt trunc log'.split(' '))
  FUNCTIONS.push([`Math.${name}`, clean]);

const GUARDS: [string, NativeGuard][] = [
  ['includes', 'contains'],
  ['has', 'contains'],
  ['hasOwnProperty', 'contains'],
  ['hasOwn', 'owns'],
  ['indexOf', 'position'],
  ['search', 'position'],
  ['some', 'satisfied'],
  ['every', 'all-satisfied'],
  ['find', 'satisfied'],
  ['findLast', 'satisfied'],
  ['findIndex', 'satisfied-position'],
  ['findLastIndex', 'satisfied-position'],
  ['test', 'matches'],
  ['exec', 'matches'],
  ['match', 'matched'],
  ['startsWith', 'prefix'],
  ['slice', 'head'],
  ['substring', 'head'],
  ['substr', 'head'],
];

const GLOBALS: [string, Global][] = [
  ['undefined', 'undefined'],
  ['module', 'module'],
  ['exports', 'exports'],
  ['globalThis', 'global'],
  ['window', 'global'],
  ['global', 'global'],
  ['self', 'global'],
  ['%jsx', 'jsx'],
];

export const JAVASCRIPT_NATIVES: NativeTable = {
  globals: new Map(GLOBALS),
  openClasses: false,
  // Models name the calls that take a secret.
  textChecks: false,
  prototypes: true,
  operators: new Map(),
  methods: new Map(METHODS),
  functions: new Map(FUNCTIONS),
  guards: new Map(GUARDS),
};
