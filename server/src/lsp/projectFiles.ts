// The files in `.faultline` as documents: their mistakes are diagnostics in them while one writes, and keys complete.
// The engine never sees them; an open one is judged by its text, a closed one by what is on disk.

import { join } from 'node:path';
import {
  CompletionItemKind,
  DiagnosticSeverity,
  type CompletionItem,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type Position,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { CHANGES, KEYS, PATH_KEYS, readConfig, SUPPRESS_KEYS, type KeyInfo } from '../project/config.ts';
import { CONFIG_FILE, FOLDER, MODELS_FOLDER, compileModels } from '../project/folder.ts';
import { SOURCE_KINDS } from '../rules/kind.ts';
import { MODEL_SECTIONS } from '../rules/load.ts';
import type { Problem } from '../rules/yaml.ts';
import { SOURCE } from './diagnostics.ts';
import { diagnoseEntries } from './projectSuppressions.ts';
import type { State } from './state.ts';
import { pathOf, uriOf } from './uris.ts';

/** The diagnostics of an open project file. */
export function diagnoseProjectFile(state: State, text: TextDocument): Diagnostic[] {
  const path = pathOf(text.uri) ?? text.uri;
  const source = { file: path, text: text.getText() };
  if (isConfig(text.uri)) {
    const { config, problems } = readConfig(path, source.text, state.known.ids);
    return [
      ...problems.map((it) => toDiagnostic(it, text)),
      ...diagnoseEntries(state, text.uri, config, text),
    ];
  }
  if (!text.uri.includes(`/${FOLDER}/${MODELS_FOLDER}/`) || source.text.trim() === '') return [];
  return compileModels([source], state.known).problems.map((it) => toDiagnostic(it, text));
}

const isConfig = (uri: string): boolean => uri.endsWith(`/${FOLDER}/${CONFIG_FILE}`);

/** Takes an open project file in, or its new text. What a reading of the disk has pushed gives way to its own. */
export function openProjectFile(state: State, text: TextDocument): void {
  state.projectDocuments.set(text.uri, text);
  if (state.abilities.pull && shownFor.get(state)?.delete(text.uri) !== true) return;
  const diagnostics = state.abilities.pull ? [] : diagnoseProjectFile(state, text);
  void state.connection.sendDiagnostics({ uri: state.uris.toClient(text.uri), diagnostics });
}

/** Its mistakes on disk, if it has any, are pushed again. */
export function closeProjectFile(state: State, uri: string): void {
  state.projectDocuments.delete(uri);
  publishProjectProblems(state);
  state.uris.forget(uri);
}

/** Answers a pull for an open project file. */
export function pullProjectFile(state: State, text: TextDocument): DocumentDiagnosticReport {
  return { kind: 'full', items: diagnoseProjectFile(state, text) };
}

/** The problem's place up to the end of the word that stands there. */
function toDiagnostic(problem: Problem, text: TextDocument | undefined): Diagnostic {
  const start = { line: problem.line - 1, character: problem.column - 1 };
  const rest = text?.getText({ start, end: { line: problem.line, character: 0 } }) ?? '';
  const word = /^(?:"[^"\n]*"|'[^'\n]*'|[^\s,\]}]+)/.exec(rest)?.[0] ?? ' ';
  return {
    range: { start, end: { line: start.line, character: start.character + word.length } },
    severity: DiagnosticSeverity.Error,
    source: SOURCE,
    code: 'project-file',
    message: problem.message,
  };
}

const shownFor = new WeakMap<State, Set<string>>();

/** Pushes what is wrong in project files that are not open, and takes back what is mended. */
export function publishProjectProblems(state: State): void {
  const problems = [...state.projects.values()].flatMap((it) => it.problems);
  const before = shownFor.get(state) ?? new Set<string>();
  const now = new Map<string, Problem[]>();
  for (const it of problems) {
    const uri = uriOf(it.file);
    if (!state.projectDocuments.has(uri)) now.set(uri, [...(now.get(uri) ?? []), it]);
  }
  const remarks = new Map<string, Diagnostic[]>();
  for (const { root, policy } of state.projects.values()) {
    if (root === undefined) continue;
    const uri = uriOf(join(root, FOLDER, CONFIG_FILE));
    if (state.projectDocuments.has(uri)) continue;
    const found = diagnoseEntries(state, uri, policy.config);
    if (found.length > 0) remarks.set(uri, found);
  }
  for (const uri of new Set([...before, ...now.keys(), ...remarks.keys()])) {
    const mistakes = (now.get(uri) ?? []).map((it) => toDiagnostic(it, undefined));
    const diagnostics = [...mistakes, ...(remarks.get(uri) ?? [])];
    void state.connection.sendDiagnostics({ uri: state.uris.toClient(uri), diagnostics });
  }
  shownFor.set(state, new Set([...now.keys(), ...remarks.keys()]));
}

/** What can stand at a place of a project file. */
export function completeProjectFile(state: State, text: TextDocument, position: Position): CompletionItem[] {
  const lines = text.getText().split(/\r?\n/);
  const line = lines[position.line]?.slice(0, position.character) ?? '';
  const parents = parentsOf(lines, position.line, indentOf(line));
  if (isConfig(text.uri)) return completeConfig(state, line, parents);
  return completeModel(state, line, parents);
}

function completeConfig(state: State, line: string, parents: readonly string[]): CompletionItem[] {
  const key = /([\w-]+|'\*'|"\*"):\s*\S*$/.exec(line)?.[1];
  const inRules = parents.at(-1) === 'rules' || /\brules:\s*\{[^}]*$/.test(line);
  if (key !== undefined && !/\{\s*$/.test(line)) {
    if (key === 'rule') return state.known.ids.map((it) => item(it, CompletionItemKind.Value));
    if (inRules) return CHANGES.map((it) => item(it, CompletionItemKind.EnumMember));
    const values = KEYS.find((it) => it.key === key)?.values ?? [];
    return values.map((it) => item(it, CompletionItemKind.EnumMember));
  }
  if (inRules)
    return ["'*'", ...state.known.ids].map((it) => item(it, CompletionItemKind.Property, undefined, ': '));
  if (parents.at(-1) === 'paths') return PATH_KEYS.map(keyItem);
  if (parents.at(-1) === 'suppress') return SUPPRESS_KEYS.map(keyItem);
  return parents.length === 0 ? KEYS.map(keyItem) : [];
}

function completeModel(state: State, line: string, parents: readonly string[]): CompletionItem[] {
  const key = /(\w+):\s*\S*$/.exec(line)?.[1];
  if (key === 'kind') {
    const kinds = parents.includes('sources') ? SOURCE_KINDS : ["'*'", ...state.known.kinds];
    return kinds.map((it) => item(it, CompletionItemKind.EnumMember));
  }
  if (key !== undefined) return [];
  if (parents.length === 0)
    return MODEL_SECTIONS.map((it) => item(it, CompletionItemKind.Property, undefined, ':\n'));
  return ['at', 'kind', 'what', 'when', 'unless', 'to', 'accepts', 'throws'].map((it) =>
    item(it, CompletionItemKind.Property, undefined, ': '),
  );
}

function keyItem({ key, about }: KeyInfo): CompletionItem {
  return item(key, CompletionItemKind.Property, about, ': ');
}

function item(label: string, kind: CompletionItemKind, about?: string, after = ''): CompletionItem {
  return {
    label,
    kind,
    insertText: `${label}${after}`,
    ...(about !== undefined && { documentation: about }),
  };
}

/** The keys that a line lies below, outermost first, by indentation. */
function parentsOf(lines: readonly string[], at: number, indent: number): string[] {
  const found: string[] = [];
  let depth = indent;
  for (let i = at - 1; i >= 0 && depth > 0; i--) {
    const line = lines[i]!;
    const key = /^[\s-]*([\w-]+):/.exec(line)?.[1];
    if (key === undefined || indentOf(line) >= depth) continue;
    found.unshift(key);
    depth = indentOf(line);
  }
  return found;
}

/** Columns before the text of a line; the dash of a list item counts as indentation. */
function indentOf(line: string): number {
  return /^\s*(?:-\s+)?/.exec(line)![0].length;
}
