// The light bulb: who offers what, in which order, and only what the editor asked for.
// One provider a file in actions/; the order of PROVIDERS is the order a person sees.

import type { CancellationToken, CodeAction, CodeActionParams } from 'vscode-languageserver';
import { CodeActionTriggerKind } from 'vscode-languageserver';
import { suppressPathActions, teachActions } from './actions/decide.ts';
import { fixAllActions } from './actions/fixAll.ts';
import { fixActions } from './actions/fixes.ts';
import { mendActions } from './actions/mend.ts';
import { pathActions } from './actions/path.ts';
import { touches, wants, type ActionProvider, type ActionRequest } from './actions/provider.ts';
import { suppressActions } from './actions/suppress.ts';
import { diagnoseProjectFile } from './projectFiles.ts';
import { entryActions } from './projectSuppressions.ts';
import { currentOf } from './publish.ts';
import type { State } from './state.ts';
import { canonical } from './uris.ts';

/**
 * In the order they are shown: fixes (safe ones first), then what a model proposes, explanation and path, teaching the
 * engine, and suppression last, so that nothing pushes a real fix down.
 */
const PROVIDERS: readonly ActionProvider[] = [
  fixActions,
  mendActions,
  pathActions,
  teachActions,
  suppressActions,
  suppressPathActions,
  fixAllActions,
];

/** What the server advertises, so that editors can bind keys to kinds. */
export const ACTION_KINDS: readonly string[] = PROVIDERS.flatMap((it) => it.kinds);

/** Findings that overlap one selection; whoever selects a whole file does not want a hundred entries. */
const FINDINGS_AT_MOST = 5;

/** The actions for a range. Empty while the result for this text is not there yet: nothing here waits for analysis. */
export async function codeActions(
  state: State,
  params: CodeActionParams,
  token: CancellationToken,
): Promise<CodeAction[]> {
  const { only, triggerKind } = params.context;
  const asked = PROVIDERS.filter((it) => it.kinds.some((kind) => wants(only, kind)));
  const own = state.projectDocuments.get(canonical(params.textDocument.uri));
  if (own !== undefined)
    return wants(only, 'quickfix')
      ? entryActions(state, own, diagnoseProjectFile(state, own), params.range)
      : [];
  const document = state.documents.get(canonical(params.textDocument.uri));
  const shown = document === undefined ? undefined : currentOf(state, document);
  if (document === undefined || shown === undefined) return [];
  const request: ActionRequest = {
    state,
    document,
    text: document.text,
    shown,
    range: params.range,
    findings: shown.findings.filter((it) => touches(it.range, params.range)).slice(0, FINDINGS_AT_MOST),
    invoked: triggerKind !== CodeActionTriggerKind.Automatic,
    token,
    wants: (kind) => wants(only, kind),
  };
  const actions: CodeAction[] = [];
  for (const it of asked) {
    const offered = await it.actions(request);
    if (token.isCancellationRequested || document.text !== request.text) return [];
    actions.push(...offered);
  }
  return withoutRepeats(actions);
}

function withoutRepeats(actions: readonly CodeAction[]): CodeAction[] {
  const seen = new Set<string>();
  return actions.filter((it) => {
    const key = `${it.title} ${JSON.stringify(it.edit ?? it.command)}`;
    return !seen.has(key) && seen.add(key);
  });
}
