// One of the editor's own language models, for people who have one: the server's request goes to it with one private tool
// whose input is the answer. Only used for what a person asked for, never from a hover.

import {
  CancellationTokenSource,
  LanguageModelChatMessage,
  LanguageModelChatToolMode,
  LanguageModelError,
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  lm,
  l10n,
  type CancellationToken,
  type ExtensionContext,
} from 'vscode';
import type { AiCode, Completed, CompleteParams } from '../../../server/src/lsp/protocol-ai.ts';

/** Answers a request of the server. Never rejects. */
export async function complete(
  context: ExtensionContext,
  params: CompleteParams,
  token: CancellationToken,
): Promise<Completed> {
  const fail = (code: AiCode, detail: string): Completed => ({ ok: false, code, detail });
  try {
    const [family] = [params.model];
    const models = await lm.selectChatModels(family === '' ? {} : { family });
    const [model] = models;
    if (!model) return fail('config', l10n.t('VS Code offers no language model of this name.'));
    if (context.languageModelAccessInformation.canSendRequest(model) === false)
      return fail('consent', l10n.t('VS Code does not let Faultline use this language model.'));
    const messages = [
      LanguageModelChatMessage.User(params.system),
      LanguageModelChatMessage.User(params.user),
    ];
    const tool = {
      name: `faultline_${params.schemaName}`,
      description: 'Gives the answer.',
      inputSchema: params.schema,
    };
    const source = new CancellationTokenSource();
    token.onCancellationRequested(() => source.cancel());
    const reply = await model.sendRequest(
      messages,
      {
        justification: l10n.t('You asked Faultline to explain or mend a finding.'),
        tools: [tool],
        toolMode: LanguageModelChatToolMode.Required,
      },
      source.token,
    );
    let text = '';
    let answer: string | undefined;
    for await (const part of reply.stream) {
      if (part instanceof LanguageModelToolCallPart) answer = JSON.stringify(part.input);
      else if (part instanceof LanguageModelTextPart) text += part.value;
    }
    const input = Math.ceil((params.system.length + params.user.length) / 3);
    const given = answer ?? text;
    return { ok: true, text: given, model: model.id, input, output: Math.ceil(given.length / 3) };
  } catch (error) {
    if (token.isCancellationRequested) return fail('cancelled', l10n.t('Cancelled.'));
    if (!(error instanceof LanguageModelError))
      return fail('bad_reply', l10n.t('The language model gave no answer.'));
    if (error.code === LanguageModelError.NoPermissions.name)
      return fail('consent', l10n.t('VS Code does not let Faultline use this language model.'));
    if (error.code === LanguageModelError.Blocked.name)
      return fail('quota', l10n.t('The language model has no more requests for you.'));
    if (error.code === LanguageModelError.NotFound.name)
      return fail('config', l10n.t('VS Code offers no language model of this name.'));
    return fail('bad_reply', l10n.t('The language model gave no answer.'));
  }
}
