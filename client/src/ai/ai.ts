// The AI features of the extension, together: commands, the link in hovers, code actions, the counter. Until somebody has
// set them up they show nothing but their commands, and nothing is sent.

import {
  CodeAction,
  CodeActionKind,
  commands,
  l10n,
  languages,
  MarkdownString,
  StatusBarAlignment,
  Uri,
  window,
  type CancellationToken,
  type CodeActionContext,
  type Command,
  type Range,
  type TextDocument,
} from 'vscode';
import {
  AI_ASK,
  AI_AT,
  AI_CLEAR,
  AI_CLEAR_COMMAND,
  AI_COMPLETE,
  AI_COUNTER,
  AI_EXPLAIN_COMMAND,
  AI_FIX_COMMAND,
  AI_HARDEN_COMMAND,
  AI_KEY,
  AI_KEY_CHANGED,
  AI_KEY_COMMAND,
  AI_OPINION_COMMAND,
  AI_PERMIT,
  AI_PREVIEW_COMMAND,
  AI_REVOKE_COMMAND,
  type AiFinding,
  type Completed,
  type CompleteParams,
  type CounterParams,
  type Permission,
  type PermitParams,
} from '../../../server/src/lsp/protocol-ai.ts';
import { SUPPRESS_CLIENT_COMMAND } from '../../../server/src/lsp/protocol.ts';
import { SUPPRESS_PATH_COMMAND, TEACH_COMMAND } from '../../../server/src/lsp/protocol-project.ts';
import type { Feature } from '../feature.ts';
import { selector } from '../languages.ts';
import { createAsking } from './ask.ts';
import { aiSettings, askKey, isSetUp, keyOf, permissionFor, revoke } from './consent.ts';
import { complete } from './models.ts';
import { createPages } from './pages.ts';
import { createProposals } from './proposal.ts';
import { sourceOf } from './words.ts';

/** Milliseconds that the mouse rests on a finding before an answer is asked for, if that is wished. */
const DWELL = 600;

export const ai: Feature = (parts) => {
  const { client, context } = parts;
  const pages = createPages();
  const proposals = createProposals(pages);
  const asking = createAsking(parts, pages, proposals);
  client.middleware.provideCodeActions = async (document, range, given, token, next) => {
    const own = (await next(document, range, given, token)) ?? [];
    return inOrder(own, await actionsFor(document, range, given, token));
  };
  const counter = window.createStatusBarItem('faultline.ai', StatusBarAlignment.Right, 99);
  counter.name = l10n.t('Faultline: AI tokens');
  counter.command = {
    title: l10n.t('Open Settings'),
    command: 'workbench.action.openSettings',
    arguments: ['faultline.ai.budget'],
  };
  return [
    ...pages.disposables,
    ...proposals.disposables,
    counter,
    commands.registerCommand(AI_KEY_COMMAND, () => askKey(context)),
    commands.registerCommand(AI_EXPLAIN_COMMAND, (target: unknown) => asking.about('explain', target)),
    commands.registerCommand(AI_OPINION_COMMAND, (target: unknown) => asking.about('opinion', target)),
    commands.registerCommand(AI_FIX_COMMAND, (target: unknown) => asking.fix(target)),
    commands.registerCommand(AI_HARDEN_COMMAND, () => asking.harden()),
    commands.registerCommand(AI_PREVIEW_COMMAND, () => asking.preview()),
    commands.registerCommand(AI_CLEAR_COMMAND, async () => {
      await client.sendRequest(AI_CLEAR);
      void window.showInformationMessage(l10n.t('All answers of language models are forgotten.'));
    }),
    commands.registerCommand(AI_REVOKE_COMMAND, async () => {
      await revoke(context);
      void window.showInformationMessage(l10n.t('Nothing is sent any more before you agree again.'));
    }),
    client.onRequest<Permission, void>(AI_PERMIT, ({ uris, sends }: PermitParams) =>
      permissionFor(
        context,
        uris.map((it) => Uri.parse(it)),
        sends,
      ),
    ),
    client.onRequest(AI_KEY, async () => (await keyOf(context)) ?? null),
    client.onRequest<Completed, void>(AI_COMPLETE, (params: CompleteParams, token: CancellationToken) =>
      complete(context, params, token),
    ),
    client.onNotification(AI_COUNTER, (it: CounterParams) => {
      counter.text = l10n.t('AI {0} of {1}', thousands(it.today), thousands(it.perDay));
      counter.tooltip = l10n.t('Tokens used today; {0} of {1} in this session.', it.session, it.perSession);
      if (it.pausedUntil !== undefined) counter.text = `$(clock) ${counter.text}`;
      counter.show();
    }),
    context.secrets.onDidChange(() => void client.sendNotification(AI_KEY_CHANGED)),
    languages.registerHoverProvider(selector, {
      async provideHover(document, position, token) {
        if (!(await isSetUp(context))) return undefined;
        const uri = document.uri.toString();
        const found = await client.sendRequest<readonly AiFinding[]>(AI_AT, { uri, position }, token);
        const [first] = Array.isArray(found) ? found : [];
        if (!first) return undefined;
        prefetch(uri, first, token);
        return { contents: hoverOf(uri, first) };
      },
    }),
  ];

  async function actionsFor(
    document: TextDocument,
    range: Range,
    { diagnostics, only }: CodeActionContext,
    token: CancellationToken,
  ): Promise<CodeAction[]> {
    const wanted = (kind: CodeActionKind): boolean => only === undefined || only.contains(kind);
    if (!(await isSetUp(context))) return [];
    const uri = document.uri.toString();
    if (!diagnostics.some((it) => it.source === 'faultline')) {
      if (range.isEmpty || !wanted(HARDEN)) return [];
      return [action(l10n.t('Suggest hardening (AI)…'), HARDEN, AI_HARDEN_COMMAND)];
    }
    if (!wanted(KIND)) return [];
    const found = await client.sendRequest<readonly AiFinding[]>(
      AI_AT,
      { uri, position: range.start },
      token,
    );
    const [first] = Array.isArray(found) ? found : [];
    if (!first) return [];
    const target = { uri, fingerprint: first.fingerprint };
    return [
      action(l10n.t('Suggest a verified fix (AI)…'), KIND, AI_FIX_COMMAND, target),
      action(l10n.t('Second opinion (AI)…'), KIND, AI_OPINION_COMMAND, target),
    ];
  }

  /** Off unless set; ends with the hover. The editor's own models are never asked without a person. */
  function prefetch(uri: string, it: AiFinding, token: CancellationToken): void {
    const { prefetch: wanted, provider } = aiSettings();
    if (!wanted || provider !== 'anthropic' || it.explanation) return;
    if (!permissionFor(context, [Uri.parse(uri)]).allowed) return;
    const timer = setTimeout(() => {
      const params = { kind: 'explain', uri, fingerprint: it.fingerprint, stream: '', background: true };
      void client.sendRequest(AI_ASK, params, token).catch(() => undefined);
    }, DWELL);
    token.onCancellationRequested(() => clearTimeout(timer));
  }
};

/** After what mends and explains the finding, before what teaches the engine or hides it. */
function inOrder<T extends CodeAction | Command>(
  own: readonly T[],
  ours: readonly CodeAction[],
): (T | CodeAction)[] {
  const last = own.findIndex((it) => LAST.has(commandOf(it)));
  const at = last < 0 ? own.length : last;
  return [...own.slice(0, at), ...ours, ...own.slice(at)];
}
const commandOf = (it: CodeAction | Command): string =>
  typeof it.command === 'string' ? it.command : (it.command?.command ?? '');
const LAST = new Set<string>([TEACH_COMMAND, SUPPRESS_CLIENT_COMMAND, SUPPRESS_PATH_COMMAND]);
const KIND = CodeActionKind.QuickFix.append('faultline').append('ai');
const HARDEN = CodeActionKind.RefactorRewrite.append('faultline').append('ai');

/** Two strings: ours, which may run our own command, and the model's, which may do nothing at all. */
function hoverOf(uri: string, it: AiFinding): MarkdownString[] {
  const target = encodeURIComponent(JSON.stringify([{ uri, fingerprint: it.fingerprint }]));
  const label = it.explanation ? l10n.t('Open the explanation') : l10n.t('Explain with AI');
  const link = new MarkdownString(`[${label}](command:${AI_EXPLAIN_COMMAND}?${target})`);
  link.isTrusted = { enabledCommands: [AI_EXPLAIN_COMMAND] };
  link.supportHtml = false;
  if (!it.explanation) return [link];
  const said = new MarkdownString();
  said.isTrusted = false;
  said.supportHtml = false;
  said.appendText(`${sourceOf(it.explanation)}\n`);
  for (const text of it.explanation.text) said.appendText(`\n${text}\n`);
  // Spaces that do not break would keep a paragraph on one line.
  said.value = said.value.replace(/(?:&nbsp;)+/g, ' ');
  return [said, link];
}

function action(title: string, kind: CodeActionKind, command: string, target?: object): CodeAction {
  const it = new CodeAction(title, kind);
  it.command = { title, command, ...(target && { arguments: [target] }) };
  return it;
}

const thousands = (it: number): string => (it < 10_000 ? String(it) : `${Math.round(it / 1000)} K`);
