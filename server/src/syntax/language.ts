// The registry of languages: which file is written in which language, and which grammar reads it.
// A language is what the editor calls it; several share a grammar, and nothing but this table says so.

/** The editor's name of a language that Faultline can read. */
export type LanguageId = 'javascript' | 'javascriptreact' | 'typescript' | 'typescriptreact' | 'python';
/** Name of a grammar file, `grammars/<name>.wasm`. */
export type GrammarName = 'javascript' | 'typescript' | 'tsx' | 'python';

/** Languages that share modules, built-in methods and models. */
export type Family = 'javascript' | 'python';

interface Entry {
  readonly id: LanguageId;
  readonly family: Family;
  readonly grammar: GrammarName;
  readonly extensions: readonly string[];
}

const languages: readonly Entry[] = [
  { id: 'javascript', family: 'javascript', grammar: 'javascript', extensions: ['.js', '.mjs', '.cjs'] },
  { id: 'javascriptreact', family: 'javascript', grammar: 'javascript', extensions: ['.jsx'] },
  { id: 'typescript', family: 'javascript', grammar: 'typescript', extensions: ['.ts', '.mts', '.cts'] },
  { id: 'typescriptreact', family: 'javascript', grammar: 'tsx', extensions: ['.tsx'] },
  { id: 'python', family: 'python', grammar: 'python', extensions: ['.py', '.pyw'] },
];

const byId = new Map(languages.map((it) => [it.id as string, it]));
const byExtension = new Map(languages.flatMap((it) => it.extensions.map((extension) => [extension, it.id])));

/**
 * The language of a file. The editor's language id decides if it is one of ours, otherwise the extension of the
 * path or URI (query and fragment are ignored) does; undefined means that Faultline does not read this file.
 */
export function languageOf(uriOrPath: string, languageId?: string): LanguageId | undefined {
  const known = languageId === undefined ? undefined : byId.get(languageId);
  if (known) return known.id;
  const path = uriOrPath.includes('://') ? uriOrPath.replace(/[?#].*$/s, '') : uriOrPath;
  const dot = path.lastIndexOf('.');
  return dot < 0 ? undefined : byExtension.get(path.slice(dot).toLowerCase());
}

/** The grammar that reads this language. */
export function grammarOf(language: LanguageId): GrammarName {
  return byId.get(language)!.grammar;
}

/** The family that a language belongs to. */
export function familyOf(language: LanguageId): Family {
  return byId.get(language)!.family;
}

/** Every file extension that some language claims, with its dot. */
export function knownExtensions(): readonly string[] {
  return [...byExtension.keys()];
}
