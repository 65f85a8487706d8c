// What the built-in methods and functions of Python do with data. Method names are matched on receivers of unknown type
// too, so a name belongs here only if nearly every use of it in real code is the built-in one.

import type { Effect, NativeGuard, NativeTable, Part } from '../natives.ts';

const text = (...from: Part[]): Effect => ({ e: 'text', from });
const clean: Effect = { e: 'clean' };
const same = (of: Part): Effect => ({ e: 'same', of });
/** One row a name. */
const rows = (effect: Effect, names: string): [string, Effect][] =>
  names.split(' ').map((it) => [it, effect]);

const METHODS: [string, Effect][] = [
  // Text.
  ...rows(
    text('recv'),
    'strip lstrip rstrip lower upper casefold capitalize title swapcase expandtabs zfill',
  ),
  ...rows(text('recv'), 'encode decode hex removeprefix removesuffix'),
  ...rows(text('recv', 'arg1'), 'ljust rjust center'),
  ...rows(text('recv', 'args'), 'translate'),
  ...rows({ e: 'format' }, 'format format_map'),
  ...rows({ e: 'replace', all: true }, 'replace'),
  ...rows({ e: 'list', of: ['recv'] }, 'split rsplit splitlines partition rpartition'),
  ...rows({ e: 'glue' }, 'join'),
  ...rows(
    clean,
    'startswith endswith find rfind index rindex count isdigit isalpha isalnum isnumeric isdecimal isidentifier',
  ),
  ...rows(clean, 'isspace isupper islower istitle isascii isprintable bit_length total_seconds timestamp'),
  // Lists, sets and dictionaries.
  ...rows({ e: 'add', from: 'args', gives: 'nothing' }, 'append add'),
  ...rows({ e: 'insert' }, 'insert appendleft'),
  ...rows({ e: 'extend' }, 'extend extendleft'),
  ...rows({ e: 'take' }, 'pop popleft popitem'),
  ...rows({ e: 'drop' }, 'remove discard clear'),
  ...rows(same('recv'), 'copy'),
  ...rows({ e: 'turn' }, 'sort reverse'),
  ...rows({ e: 'list', of: ['recv', 'args'] }, 'union symmetric_difference'),
  ...rows({ e: 'list', of: ['recv'] }, 'difference intersection most_common elements'),
  ...rows({ e: 'lookup' }, 'get'),
  ...rows({ e: 'update' }, 'update'),
  ...rows({ e: 'default' }, 'setdefault'),
  ...rows({ e: 'keys', of: 'recv' }, 'keys'),
  ...rows({ e: 'values', of: 'recv' }, 'values itervalues'),
  ...rows({ e: 'pairs', of: 'recv' }, 'items iteritems'),
  // Context managers and iterators.
  ...rows({ e: 'enter' }, '__enter__ __aenter__'),
  ...rows(same('elem'), '__next__ __anext__ send'),
  ...rows({ e: 'lookup' }, '__getitem__'),
  ...rows({ e: 'put', gives: 'nothing' }, '__setitem__'),
];

const FUNCTIONS: [string, Effect][] = [
  ...rows(text('args'), 'str unicode repr ascii bytes bytearray memoryview format'),
  ...rows(
    clean,
    'int float bool complex long len abs round hash id ord chr unichr isinstance issubclass callable',
  ),
  ...rows(clean, 'hasattr range xrange type divmod pow hex oct bin print'),
  ...rows({ e: 'copy' }, 'list tuple iter aiter'),
  ...rows({ e: 'list', of: ['arg0'] }, 'set frozenset sorted reversed'),
  ...rows({ e: 'dict' }, 'dict'),
  ...rows({ e: 'numbered' }, 'enumerate'),
  ...rows({ e: 'zip' }, 'zip'),
  ...rows({ e: 'each', fn: 'first', params: ['elem'], gives: 'list' }, 'map'),
  ...rows({ e: 'each', fn: 'first', params: ['elem'], gives: 'recv-list' }, 'filter'),
  ...rows({ e: 'each', fn: 'first', params: ['acc', 'elem'], gives: 'last' }, 'reduce'),
  ...rows({ e: 'pick' }, 'max min sum next anext'),
  ...rows(clean, 'any all'),
  ...rows({ e: 'getattr' }, 'getattr'),
  ...rows({ e: 'setattr' }, 'setattr'),
];

const GUARDS: [string, NativeGuard][] = [
  ['startswith', 'prefix'],
  ['endswith', 'suffix'],
  ['isdigit', 'letters'],
  ['isalnum', 'letters'],
  ['isalpha', 'letters'],
  ['isnumeric', 'letters'],
  ['isdecimal', 'letters'],
  ['isidentifier', 'letters'],
];

export const PYTHON_NATIVES: NativeTable = {
  globals: new Map(),
  openClasses: true,
  textChecks: true,
  prototypes: false,
  operators: new Map([
    ['/', '__truediv__'],
    ['-', '__sub__'],
    ['*', '__mul__'],
  ]),
  methods: new Map(METHODS),
  functions: new Map(FUNCTIONS),
  guards: new Map(GUARDS),
};
