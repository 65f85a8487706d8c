// The fixes of a finding that a new analysis has confirmed, remembered for as long as the document stays the same.
// A fix that cannot be confirmed is not offered, whatever the reason.

import type { CancellationToken } from 'vscode-languageserver';
import type { Finding, Report } from '../engine/engine.ts';
import { applyFix, proposeFixes, type Fix } from '../fixes/index.ts';
import { isFix } from '../fixes/verify.ts';
import type { OpenDocument } from './documents.ts';
import { describe } from './run-safe.ts';
import type { Shown } from './shown.ts';
import type { State } from './state.ts';
import { treeOf } from './syntax.ts';

/** By result: a new result, even of the same text, may depend on other files that have changed. */
const confirmed = new WeakMap<Shown, Map<string, Promise<readonly Fix[]>>>();

/** The confirmed fixes of a finding in a document, best first. */
export function fixesFor(
  state: State,
  document: OpenDocument,
  shown: Shown,
  finding: Finding,
  token: CancellationToken,
): Promise<readonly Fix[]> {
  const known = confirmed.get(shown) ?? new Map<string, Promise<readonly Fix[]>>();
  confirmed.set(shown, known);
  const key = `${finding.fingerprint} ${finding.range.start.line}:${finding.range.start.character}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const fixes = confirmFixes(state, document, shown, finding, token).catch((error: unknown) => {
    state.log('warn', `No fix could be confirmed for ${finding.rule}: ${describe(error)}`);
    return [];
  });
  known.set(key, fixes);
  // An answer that was cut short is no answer for the next request.
  void fixes.then(() => {
    if (token.isCancellationRequested) known.delete(key);
  });
  return fixes;
}

async function confirmFixes(
  state: State,
  document: OpenDocument,
  shown: Shown,
  finding: Finding,
  token: CancellationToken,
): Promise<readonly Fix[]> {
  const { text, uri } = document;
  const source = text.getText();
  const tree = await treeOf(uri, text.languageId, source);
  if (tree === undefined || text !== document.text) return [];
  const { start, end } = finding.range;
  const proposals = proposeFixes(tree, finding, text.offsetAt(start), text.offsetAt(end));
  const good: Fix[] = [];
  for (const fix of proposals) {
    if (token.isCancellationRequested) return good;
    const after = await state.engine.whatIf([{ uri, text: applyFix(source, fix) }]);
    if (after === undefined || text !== document.text) return [];
    const before = [
      shown.report,
      ...after.filter((it) => it.uri !== uri).map((it) => knownReport(state, it)),
    ];
    if (isFix(finding, before, after)) good.push(fix);
  }
  return good;
}

function knownReport(state: State, report: Report): Report {
  return state.engine.report(report.uri) ?? { ...report, findings: [], reasons: [] };
}
