// Tells the extension what is shown of every file, for the tree of findings and the walk along a path.
// A file is told about again only if something it would show has changed.

import type { Finding, Uri } from '../engine/engine.ts';
import { describeStep } from './diagnostics.ts';
import { knownFixes } from './fixes.ts';
import { FINDINGS_NOTIFICATION, type FileFindings, type ToldFinding } from './protocol-findings.ts';
import { currentOf } from './publish.ts';
import type { Shown } from './shown.ts';
import type { State } from './state.ts';

const told = new WeakMap<State, Map<Uri, string>>();

/** Sends what is shown of a file if it differs from what was sent last. */
export function tellFindings(state: State, uri: Uri): void {
  if (state.abilities.options.showsFindings !== true) return;
  const sent = told.get(state) ?? new Map<Uri, string>();
  told.set(state, sent);
  const message = messageFor(state, uri);
  if (message === undefined) return;
  const text = JSON.stringify(message);
  if (sent.get(uri) === text) return;
  if (message.findings.length === 0 && !state.documents.has(uri)) {
    if (!sent.delete(uri)) return;
  } else sent.set(uri, text);
  void state.connection.sendNotification(FINDINGS_NOTIFICATION, message);
}

/** Undefined while the result for an open document's text is on its way: what was told stays until then. */
function messageFor(state: State, uri: Uri): FileFindings | undefined {
  const document = state.documents.get(uri);
  const spelled = state.uris.toClient(uri);
  if (document === undefined || (document.hidden && !state.closed.has(uri))) {
    const shown = state.closed.get(uri)?.shown;
    const findings = shown?.findings.map((it) => toTell(state, it, false)) ?? [];
    return { uri: spelled, findings, fixesKnown: false };
  }
  const shown = currentOf(state, document);
  if (shown === undefined) return undefined;
  const fixes = shown.findings.map((it) => knownFixes(shown, it));
  return {
    uri: spelled,
    version: document.text.version,
    findings: shown.findings.map((it, i) => toTell(state, it, (fixes[i]?.length ?? 0) > 0)),
    fixesKnown: fixes.every((it) => it !== undefined),
  };
}

function toTell(state: State, finding: Finding, fixable: boolean): ToldFinding {
  const { rule, severity, confidence, range, message, fingerprint } = finding;
  return {
    ...{ rule, severity, confidence, range, message, fingerprint, fixable },
    title: state.wordsOf(rule)?.title ?? rule,
    accepted: false,
    paths: finding.paths.map(({ source, steps }) => ({
      source,
      steps: steps.map((it) => ({
        uri: state.uris.toClient(it.uri),
        range: it.range,
        text: describeStep(it),
        role: it.role,
      })),
    })),
  };
}

/** The shown result of a file, whoever owns it now. */
export function shownNow(state: State, uri: Uri): Shown | undefined {
  const document = state.documents.get(uri);
  return document === undefined ? state.closed.get(uri)?.shown : currentOf(state, document);
}
