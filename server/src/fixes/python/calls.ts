// Calls that have a safe twin: another function of the same module, or of another one, with the same arguments.
// Where the twin refuses what the call accepted, the title says so.

import type { Arena } from '../../syntax/arena.ts';
import { insertAt, replaceNode, type TextChange } from '../edits.ts';
import { endOf, startOf, textOf, typeOf, within, type Fix, type FixTarget } from '../fix.ts';
import { memberCode, useMember } from './imports.ts';
import { assignedAt } from './options.ts';
import { builtString } from './pieces.ts';
import { callAround, calledName, callOf, removeArgument, type Call } from './tree.ts';

/** `yaml.load(text)` becomes `yaml.safe_load(text)`, whatever loader it names. */
export function loadSafely({ arena, node }: FixTarget): Fix | undefined {
  const call = callAround(arena, node);
  if (call === undefined || call.open || call.args.length === 0 || call.args.length > 2) return undefined;
  const name = calledName(arena, call.callee);
  if (!/^(?:load|load_all|unsafe_load|unsafe_load_all|full_load|full_load_all)$/.test(name)) return undefined;
  const member = name.endsWith('_all') ? 'safe_load_all' : 'safe_load';
  const loader = call.keywords.get('Loader') ?? call.args[1];
  if (call.keywords.size > (call.keywords.has('Loader') ? 1 : 0)) return undefined;
  const callee = calleeAs(arena, call, 'yaml', member);
  if (callee === undefined) return undefined;
  const edits = [...callee, ...(loader === undefined ? [] : [removeArgument(arena, call, loader)])];
  return { title: 'Load plain data only ({0})', names: [`yaml.${member}`], edits, safe: true };
}

/** The edits that call another member of the module that a call's function is of. */
function calleeAs(arena: Arena, call: Call, module: string, member: string): TextChange[] | undefined {
  const code = textOf(arena, call.callee);
  const name = calledName(arena, call.callee);
  if (memberCode(arena, module, name) !== code) return undefined;
  if (typeOf(arena, call.callee) === 'attribute')
    return [replaceNode(arena, arena.child(call.callee, 'attribute'), member)];
  const used = useMember(arena, module, member);
  return used === undefined ? undefined : [...used.edits, replaceNode(arena, call.callee, used.code)];
}

/** `pickle.loads(data)` becomes `json.loads(data)`. */
export function readAsJson({ arena, node, finding }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (call === undefined || call.open || call.args.length !== 1 || call.keywords.size > 0) return undefined;
  const name = calledName(arena, call.callee);
  if (
    !/^(?:c?[pP]ickle|_pickle|dill|jsonpickle|marshal)\b/.test(finding.sink) ||
    !/^(?:loads?|decode)$/.test(name)
  )
    return undefined;
  const used = useMember(arena, 'json', name === 'decode' ? 'loads' : name);
  if (used === undefined) return undefined;
  const edits = [...used.edits, replaceNode(arena, call.callee, used.code)];
  return {
    title: 'Read it as JSON; what is written as {0} is refused',
    names: [finding.sink.split('.')[0]!],
    edits,
    safe: false,
  };
}

/** `eval(text)` becomes `ast.literal_eval(text)`. */
export function literalsOnly({ arena, node }: FixTarget): Fix | undefined {
  const call = callOf(arena, node);
  if (call === undefined || call.open || textOf(arena, call.callee) !== 'eval') return undefined;
  if (call.args[0] !== node || call.args.length !== 1 || call.keywords.size > 0) return undefined;
  if (builtString(arena, node) !== undefined) return undefined;
  const used = useMember(arena, 'ast', 'literal_eval');
  if (used === undefined) return undefined;
  const edits = [...used.edits, replaceNode(arena, call.callee, used.code)];
  return { title: 'Read literals only (ast.literal_eval); expressions are refused', edits, safe: false };
}

/** `hashlib.md5(…)` and `hashlib.new('md5', …)` with SHA-256. */
export function strongHash({ arena, node }: FixTarget): Fix | undefined {
  const call = callAround(arena, node);
  if (call === undefined) return undefined;
  const title = 'Use SHA-256; digests made before do not match';
  const name = calledName(arena, call.callee);
  if (/^(?:md5|sha1)$/.test(name)) {
    const edits = calleeAs(arena, call, 'hashlib', 'sha256');
    return edits && { title, edits, safe: false };
  }
  const weak = within(arena, call.list).find(
    (it) =>
      typeOf(arena, it) === 'string' &&
      /^["'](?:md4|md5|ripemd160|ripemd|sha-?1)["']$/i.test(arena.textOf(it)),
  );
  if (weak === undefined || !/^(?:new|pbkdf2_hmac)$/.test(name)) return undefined;
  const quote = arena.text[startOf(arena, weak)]!;
  return { title, edits: [replaceNode(arena, weak, `${quote}sha256${quote}`)], safe: false };
}

/** `random.choice(…)` from the generator of the operating system. */
export function unpredictable({ arena, node }: FixTarget): Fix | undefined {
  const call = callAround(arena, node);
  const name = call === undefined ? '' : calledName(arena, call.callee);
  if (call === undefined || memberCode(arena, 'random', name) !== textOf(arena, call.callee))
    return undefined;
  // All of these are methods of `random.Random`, and so of the class that asks the system.
  if (name === 'seed' || name === 'SystemRandom') return undefined;
  const short = name === 'choice';
  const used = useMember(arena, 'secrets', short ? 'choice' : 'SystemRandom');
  if (used === undefined) return undefined;
  const code = short ? used.code : `${used.code}().${name}`;
  return {
    title: 'Take it from a generator that cannot be predicted (secrets)',
    edits: [...used.edits, replaceNode(arena, call.callee, code)],
    safe: true,
  };
}

/** `tempfile.mktemp()` only makes a name; the file is made with it instead. */
export function createAtOnce({ arena, node }: FixTarget): Fix | undefined {
  const call = callAround(arena, node);
  if (call === undefined || call.open || call.args.length > 0 || calledName(arena, call.callee) !== 'mktemp')
    return undefined;
  const callee = calleeAs(arena, call, 'tempfile', 'NamedTemporaryFile');
  if (callee === undefined) return undefined;
  const last = arena.namedChildren(call.list).at(-1);
  const argument =
    last === undefined
      ? insertAt(startOf(arena, call.list) + 1, 'delete=False')
      : insertAt(endOf(arena, last), ', delete=False');
  const edits = [...callee, argument, insertAt(endOf(arena, call.node), '.name')];
  return {
    title: 'Create the file with its name (NamedTemporaryFile); it exists from then on',
    edits,
    safe: false,
  };
}

const DEFUSED: Readonly<Record<string, string>> = {
  'xml.etree.ElementTree': 'defusedxml.ElementTree',
  'xml.etree.cElementTree': 'defusedxml.ElementTree',
  'xml.dom.minidom': 'defusedxml.minidom',
  'xml.dom.pulldom': 'defusedxml.pulldom',
  'xml.sax': 'defusedxml.sax',
};

/** A parser of the standard library becomes the same function of defusedxml. */
export function defuse({ arena, node }: FixTarget): Fix | undefined {
  const call = callAround(arena, node);
  const name = call === undefined ? '' : calledName(arena, call.callee);
  if (call === undefined || !/^(?:parse|fromstring|iterparse|XML|parseString)$/.test(name)) return undefined;
  for (const [module, twin] of Object.entries(DEFUSED)) {
    if (memberCode(arena, module, name) !== textOf(arena, call.callee)) continue;
    const used = useMember(arena, twin, name === 'XML' ? 'fromstring' : name);
    if (used === undefined) return undefined;
    const edits = [...used.edits, replaceNode(arena, call.callee, used.code)];
    return {
      title: 'Parse with defusedxml, which must be installed; entities are refused',
      edits,
      safe: false,
    };
  }
  return undefined;
}

/** Functions of `ssl` that switch checks off. */
export function checkCertificates({ arena, node }: FixTarget): Fix | undefined {
  const title = 'Check the certificate; a private authority must be trusted first';
  const call = callAround(arena, node);
  if (call !== undefined && /^_create_(?:unverified|stdlib)_context$/.test(calledName(arena, call.callee))) {
    const edits = calleeAs(arena, call, 'ssl', 'create_default_context');
    return edits && { title, edits, safe: false };
  }
  const value = assignedAt(arena, node);
  if (/\bCERT_NONE$/.test(textOf(arena, value))) {
    const edits = [replaceNode(arena, value, textOf(arena, value).replace(/CERT_NONE$/, 'CERT_REQUIRED'))];
    return { title, edits, safe: false };
  }
  return undefined;
}

/** `set_missing_host_key_policy(AutoAddPolicy())`: a host is known, or nobody talks to it. */
export function refuseUnknownHosts({ arena, node }: FixTarget): Fix | undefined {
  const names = within(arena, node).filter(
    (it) => typeOf(arena, it) === 'identifier' && /^(?:AutoAddPolicy|WarningPolicy)$/.test(arena.textOf(it)),
  );
  const name = names[0];
  if (name === undefined || names.length !== 1) return undefined;
  const isMember = typeOf(arena, arena.parent[name] ?? -1) === 'attribute';
  const used = isMember ? { code: 'RejectPolicy', edits: [] } : useMember(arena, 'paramiko', 'RejectPolicy');
  if (used === undefined) return undefined;
  const edits = [...used.edits, replaceNode(arena, name, used.code)];
  return { title: 'Refuse hosts that are not known (RejectPolicy)', edits, safe: false };
}

/** A key in the code becomes a variable of the environment, under the name it has. */
export function readFromEnvironment({ arena, node }: FixTarget): Fix | undefined {
  const assigned = assignedAt(arena, node);
  const value = typeOf(arena, node) === 'string' ? node : assigned;
  if (typeOf(arena, value) !== 'string') return undefined;
  const left = assigned < 0 ? '' : textOf(arena, arena.child(arena.parent[value] ?? -1, 'left'));
  const name = /(\w+)["']?\]?$/.exec(left)?.[1]?.toUpperCase() ?? 'SECRET_KEY';
  const used = useMember(arena, 'os', 'environ');
  if (used === undefined) return undefined;
  const edits = [...used.edits, replaceNode(arena, value, `${used.code}['${name}']`)];
  return { title: 'Read it from the environment; {0} must be set', names: [name], edits, safe: false };
}
