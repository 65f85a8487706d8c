// What the states of a request are called, and an answer as text. All of it is for people; none of it is Markdown.

import { env, l10n, type Command } from 'vscode';
import {
  AI_KEY_COMMAND,
  type AiCode,
  type AiFailure,
  type AiText,
} from '../../../server/src/lsp/protocol-ai.ts';
import { aiSettings } from './consent.ts';

const words = (): Readonly<Partial<Record<AiCode, string>>> => ({
  auth: l10n.t('The API key is missing or was not accepted. Use “Faultline: Set API Key”.'),
  quota: l10n.t('The account has reached its limit. The AI is off until the window is reloaded.'),
  rate: l10n.t('The service asks for patience. Try again later.'),
  overloaded: l10n.t('The service is overloaded. Try again later.'),
  offline: l10n.t('Offline: the service cannot be reached. Answers that are known already still work.'),
  timeout: l10n.t('The service did not answer in time.'),
  stalled: l10n.t('The answer stopped in the middle.'),
  refusal: l10n.t('The model declined to answer. The finding stands as it is.'),
  truncated: l10n.t('The answer was cut off and is not shown.'),
  form: l10n.t('The answer did not have the form that was asked for and is not shown.'),
  gone: l10n.t('The code has changed meanwhile. Ask again.'),
});

/** One or two sentences about why there is no answer; undefined if nothing is to be said. */
export function failureText(it: AiFailure): string | undefined {
  if (it.code === 'cancelled') return undefined;
  if (it.code === 'budget') return l10n.t('The budget for AI is used up: {0}.', it.detail);
  return words()[it.code] ?? it.detail;
}

/** What a person can do about it with one click. */
export function remedyOf({ code }: AiFailure): Command | undefined {
  if (code === 'auth') return { title: l10n.t('Set API Key'), command: AI_KEY_COMMAND };
  const open = { title: l10n.t('Open Settings'), command: 'workbench.action.openSettings' };
  if (code === 'budget') return { ...open, arguments: ['faultline.ai.budget'] };
  return code === 'offline' ? { ...open, arguments: ['faultline.ai.endpoint'] } : undefined;
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

/** The bytes of a request: first so that they can be read, then exactly, as one line at the end. */
export function sentPage(bytes: string): string {
  const { provider, endpoint } = aiSettings();
  const where =
    provider === 'editor' ? l10n.t('To a language model of VS Code') : `POST ${endpoint}/v1/messages`;
  return [
    where,
    l10n.t(
      'Nothing has been sent. This is what *Explain with AI* would send about the finding; a fix and a second opinion differ in the question alone.',
    ),
    l10n.t(
      'Headers: your key, the version of the interface, what the SDK says of itself, the operating system, the architecture and the Node version.',
    ),
    `--- ${l10n.t('as it reads')} ---`,
    readable(JSON.parse(bytes)).trim(),
    `--- ${l10n.t('byte by byte')} ---`,
    bytes,
  ].join('\n\n');
}

function readable(value: unknown, indent = ''): string {
  if (typeof value === 'string')
    return value.includes('\n') ? `\n${value.replace(/^/gm, `${indent}  `)}` : value;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value))
    return value.map((it) => `\n${indent}- ${readable(it, `${indent}  `).trimStart()}`).join('');
  return Object.entries(value)
    .map(([key, it]) => {
      // The form of the answer is long and not about anybody's code.
      const text =
        key === 'schema' || key === 'output_config' ? JSON.stringify(it) : readable(it, `${indent}  `);
      return `\n${indent}${key}: ${text}`;
    })
    .join('');
}
