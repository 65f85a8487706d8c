// What a person can decide about a finding beyond one line: teach the engine, or hide a rule by path.
// Each is one entry that asks the rest; editors without these questions get neither.

import type { CodeAction } from 'vscode-languageserver';
import type { Finding } from '../../engine/engine.ts';
import { l10n } from '../l10n.ts';
import { SUPPRESS_PATH_COMMAND, TEACH_COMMAND } from '../protocol-project.ts';
import { diagnosticOf, type ActionProvider, type ActionRequest } from './provider.ts';

export const TEACH_KIND = 'quickfix.faultline.teach';
export const SUPPRESS_PATH_KIND = 'quickfix.suppress.faultline.path';

export const teachActions: ActionProvider = {
  kinds: [TEACH_KIND],
  actions: (request) =>
    request.findings
      .filter((it) => it.paths.length > 0)
      .map((it) =>
        entry(
          request,
          it,
          TEACH_KIND,
          TEACH_COMMAND,
          l10n.t('A call on the way makes it safe for {0}…', it.rule),
        ),
      )
      .filter((it) => it !== undefined),
};

export const suppressPathActions: ActionProvider = {
  kinds: [SUPPRESS_PATH_KIND],
  actions: (request) =>
    request.findings
      .map((it) =>
        entry(
          request,
          it,
          SUPPRESS_PATH_KIND,
          SUPPRESS_PATH_COMMAND,
          l10n.t('Suppress {0} by path, or accept it…', it.rule),
        ),
      )
      .filter((it) => it !== undefined),
};

function entry(
  { state, document, shown }: ActionRequest,
  finding: Finding,
  kind: string,
  command: string,
  title: string,
): CodeAction | undefined {
  if (state.abilities.options.asksDecisions !== true || !state.trusted) return undefined;
  const target = {
    uri: state.uris.toClient(document.uri),
    fingerprint: finding.fingerprint,
    rule: finding.rule,
  };
  const diagnostics = diagnosticOf(shown, finding);
  return { title, kind, diagnostics, isPreferred: false, command: { title, command, arguments: [target] } };
}
