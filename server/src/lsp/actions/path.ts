// The way from source to sink in the light bulb, for editors that can walk it.
// It stands after everything that mends the finding.

import type { CodeAction } from 'vscode-languageserver';
import { l10n } from '../l10n.ts';
import { SHOW_PATH_COMMAND, type FindingRef } from '../protocol-findings.ts';
import { diagnosticOf, type ActionProvider } from './provider.ts';

export const PATH_KIND = 'quickfix.faultline.path';

export const pathActions: ActionProvider = {
  kinds: [PATH_KIND],
  actions({ state, document, shown, findings }) {
    if (state.abilities.options.showsPath !== true) return [];
    return findings.flatMap((finding): CodeAction[] => {
      const steps = finding.paths[0]?.steps.length ?? 0;
      if (steps < 2) return [];
      const title = l10n.t('Show the path: {0} steps', steps);
      const target: FindingRef = {
        uri: state.uris.toClient(document.uri),
        fingerprint: finding.fingerprint,
      };
      const command = { title, command: SHOW_PATH_COMMAND, arguments: [target] };
      const diagnostics = diagnosticOf(shown, finding);
      return [{ title, kind: PATH_KIND, diagnostics, isPreferred: false, command }];
    });
  },
};
