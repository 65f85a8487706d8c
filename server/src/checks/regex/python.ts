// Rewrites a pattern of Python's `re` to JavaScript's syntax. What means the same under another spelling is respelled;
// what JavaScript cannot say (atomic groups, possessive repetition, conditionals) makes the result undefined.

/** The same pattern for a JavaScript parser, with inline flags moved to `flags`. */
export function fromPython(text: string, flags: string): { text: string; flags: string } | undefined {
  let letters = flags;
  let rest = text;
  const inline = /^\(\?([aiLmsux]+)\)/.exec(text);
  if (inline) {
    letters += inline[1]!;
    rest = text.slice(inline[0].length);
  }
  const verbose = letters.includes('x');
  let res = '';
  let inClass = false;
  for (let i = 0; i < rest.length;) {
    const c = rest[i]!;
    if (c === '\\') {
      const next = rest[i + 1] ?? '';
      if (!inClass && next === 'A') res += '(?<![\\s\\S])';
      else if (!inClass && (next === 'Z' || next === 'z')) res += '(?![\\s\\S])';
      else if (next === 'a') res += '\\x07';
      else res += c + next;
      i += 2;
      continue;
    }
    if (inClass) {
      if (c === ']') inClass = false;
      res += c === '[' ? '\\[' : c;
      i++;
      continue;
    }
    if (c === '[') {
      inClass = true;
      // A bracket right after the opening one is a character.
      const head = /^\[\^?\]?/.exec(rest.slice(i))![0];
      res += head.replace(']', '\\]');
      i += head.length;
      continue;
    }
    if (verbose && /\s/.test(c)) {
      i++;
      continue;
    }
    if (verbose && c === '#') {
      const end = rest.indexOf('\n', i);
      i = end < 0 ? rest.length : end + 1;
      continue;
    }
    if (c === '(' && rest[i + 1] === '?') {
      const group = /^\(\?(?:P<(\w+)>|P=(\w+)\)|(#)[^)]*\)|([:=!]|<[=!]))/.exec(rest.slice(i));
      if (!group) return undefined;
      if (group[1] !== undefined) res += `(?<${group[1]}>`;
      else if (group[2] !== undefined) res += `\\k<${group[2]}>`;
      else if (group[3] === undefined) res += group[0];
      i += group[0].length;
      continue;
    }
    if (/[*+?}]/.test(c) && rest[i + 1] === '+') return undefined;
    res += c;
    i++;
  }
  // `$` also matches before a line end that ends the text; for what is asked here that is the end.
  return { text: res, flags: letters.replace(/[aLux]/g, '') };
}
