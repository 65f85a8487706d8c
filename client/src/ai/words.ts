// What the states of a request are called, and an answer as text. All of it is for people; none of it is Markdown.

import { env, l10n } from 'vscode';
import type { AiCode, AiFailure, AiText } from '../../../server/src/lsp/protocol-ai.ts';

const words = (): Readonly<Partial<Record<AiCode, string>>> => ({
  auth: l10n.t('The API key is missing or was not accepted. Use “Faultline: Set API Key”.'),
  quota: l10n.t('The account has reached its limit. The AI is off until the window is reloaded.'),
  rate: l10n.t('The service asks for patience. Try again later.'),
  overloaded: l10n.t('The service is overloaded. Try again later.'),
  offline: l10n.t('Offline: the service cannot be reached. Answers that are known already still work.'),
  timeout: l10n.t('The service did not answer in time.'),
  stalled: l10n.t('The answer stopped in the middle.'),
  budget: l10n.t('The budget for AI is used up.'),
  refusal: l10n.t('The model declined to answer. The finding stands as it is.'),
  truncated: l10n.t('The answer was cut off and is not shown.'),
  form: l10n.t('The answer did not have the form that was asked for and is not shown.'),
  gone: l10n.t('The code has changed meanwhile. Ask again.'),
});

/** One or two sentences about why there is no answer; undefined if nothing is to be said. */
export function failureText(it: AiFailure): string | undefined {
  if (it.code === 'cancelled') return undefined;
  const known = words()[it.code];
  return known === undefined ? it.detail : it.code === 'budget' ? `${known} ${it.detail}` : known;
}

/** Who said it and when. */
export function sourceOf(it: AiText): string {
  const day = new Date(it.at).toLocaleDateString(env.language);
  return l10n.t('AI, {0}, {1}', it.model, day);
}

/** An answer as a page. */
export function pageOf(it: AiText): string {
  const head = it.kind === 'opinion' ? l10n.t('Second opinion') : l10n.t('Explanation');
  return [
    `${head} (${sourceOf(it)})`,
    ...it.text,
    l10n.t(
      'Written by a language model. Quotes were found in the code; everything else may be wrong. The finding does not depend on it.',
    ),
  ].join('\n\n');
}
