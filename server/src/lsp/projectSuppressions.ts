// Suppressions by path that have ended, or that hide nothing: diagnostics in the project's settings, with their removal.
// Unused can only be said after the whole workspace was scanned; a finding in a file that nobody looked at may be hidden.

import { join } from 'node:path';
import {
  CodeActionKind,
  DiagnosticSeverity,
  DiagnosticTag,
  type CodeAction,
  type Diagnostic,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { FileSuppression, ProjectConfig } from '../project/config.ts';
import { CONFIG_FILE, FOLDER } from '../project/folder.ts';
import type { Project } from '../project/folder.ts';
import { SOURCE } from './diagnostics.ts';
import { shownNow } from './findingsFeed.ts';
import { l10n } from './l10n.ts';
import type { State } from './state.ts';
import { uriOf } from './uris.ts';

/** Which entries of a project's settings hid something, by index; undefined as long as not everything was looked at. */
export function usedEntries(state: State, project: Project): ReadonlySet<number> | undefined {
  if (!state.scannedWhole || project.root === undefined) return undefined;
  const used = new Set<number>();
  for (const uri of new Set([...state.documents.keys(), ...state.closed.keys()])) {
    if (!uri.startsWith(`${project.policy.root}/`)) continue;
    const shown = shownNow(state, uri);
    // The text as it is now has no result yet.
    if (shown === undefined) return undefined;
    for (const it of shown.judged.used) used.add(it);
  }
  return used;
}

/** The remarks about the entries of a project's settings, as they are on disk or in an open document. */
export function diagnoseEntries(
  state: State,
  uri: string,
  config: ProjectConfig,
  text?: TextDocument,
): Diagnostic[] {
  const project = [...state.projects.values()].find(
    (it) => it.root !== undefined && uriOf(join(it.root, FOLDER, CONFIG_FILE)) === uri,
  );
  const used = project && usedEntries(state, project);
  // An entry that was typed since the scan has not been tried yet.
  const tried = new Map(project?.policy.config.suppress.map((it, index) => [keyOf(it), index]));
  return config.suppress.flatMap((it): Diagnostic[] => {
    const index = tried.get(keyOf(it));
    const names = `${it.ids.join(', ')} (${it.files.join(' ')})`;
    if (it.until !== undefined && it.until < state.today()) {
      const message = l10n.t('This suppression of {0} ended on {1}.', names, it.until);
      return [diagnostic(it, 'expired', message, text)];
    }
    if (used === undefined || index === undefined || used.has(index)) return [];
    return [diagnostic(it, 'unused', l10n.t('Nothing to suppress: no finding of {0}.', names), text)];
  });
}

const keyOf = (it: FileSuppression): string => JSON.stringify([it.ids, it.files, it.until]);

function diagnostic(
  it: FileSuppression,
  code: 'expired' | 'unused',
  message: string,
  text: TextDocument | undefined,
): Diagnostic {
  const start = { line: it.line - 1, character: 0 };
  const last = text?.getText({
    start: { line: it.lastLine - 1, character: 0 },
    end: { line: it.lastLine, character: 0 },
  });
  const end = { line: it.lastLine - 1, character: last === undefined ? 1 : last.trimEnd().length };
  return {
    range: { start, end },
    severity: code === 'expired' ? DiagnosticSeverity.Warning : DiagnosticSeverity.Hint,
    code: `suppression-${code}`,
    source: SOURCE,
    message,
    ...(code === 'unused' && { tags: [DiagnosticTag.Unnecessary] }),
  };
}

/** The removal of entries that a range of an open settings document touches. */
export function entryActions(
  state: State,
  text: TextDocument,
  diagnostics: readonly Diagnostic[],
  range: Diagnostic['range'],
): CodeAction[] {
  const lines = text.getText().split('\n');
  return diagnostics
    .filter((it) => String(it.code).startsWith('suppression-'))
    .filter((it) => it.range.start.line <= range.end.line && range.start.line <= it.range.end.line)
    .flatMap((it): CodeAction[] => {
      let from = it.range.start.line;
      const to = it.range.end.line + 1;
      // Of a list that is written in one line nothing is cut out.
      if (!/^\s*-\s/.test(lines[from] ?? '')) return [];
      const isItem = (line: string | undefined): boolean => /^\s*-\s/.test(line ?? '');
      if (/^suppress:\s*$/.test(lines[from - 1] ?? '') && !isItem(lines[to])) from--;
      const cut = { start: { line: from, character: 0 }, end: { line: to, character: 0 } };
      const uri = state.uris.toClient(text.uri);
      return [
        {
          title: l10n.t('Remove this suppression'),
          kind: CodeActionKind.QuickFix,
          diagnostics: [it],
          isPreferred: it.code === 'suppression-unused',
          edit: { changes: { [uri]: [{ range: cut, newText: '' }] } },
        },
      ];
    });
}
