// What a person can ask for: explanations and second opinions beside the code, fixes as a diff to accept, and the bytes that
// would be sent. Every one of them ends in something visible, whatever happens.

import { commands, l10n, ProgressLocation, Uri, window, type Selection } from 'vscode';
import {
  AI_ASK,
  AI_AT,
  AI_FIX,
  AI_PREVIEW,
  AI_STREAM,
  type AiAnswer,
  type AiFailure,
  type AiFinding,
  type FixAnswer,
  type FixParams,
  type StreamParams,
} from '../../../server/src/lsp/protocol-ai.ts';
import type { Faultline } from '../feature.ts';
import { ensureConsent } from './consent.ts';
import type { Pages } from './pages.ts';
import type { Proposals } from './proposal.ts';
import { failureText, pageOf, remedyOf, sentPage } from './words.ts';

/** A finding as our own links and code actions name it. */
export interface AiTarget {
  readonly uri: string;
  readonly fingerprint: string;
}
export interface Asking {
  about(kind: 'explain' | 'opinion', target: unknown): Promise<void>;
  fix(target: unknown): Promise<void>;
  harden(): Promise<void>;
  preview(): Promise<void>;
}

export function createAsking({ client, context }: Faultline, pages: Pages, proposals: Proposals): Asking {
  const streams = new Map<string, (it: StreamParams) => void>();
  context.subscriptions.push(
    client.onNotification(AI_STREAM, (it: StreamParams) => streams.get(it.stream)?.(it)),
  );
  let count = 0;
  const listening = async <T>(
    hear: (it: StreamParams) => void,
    work: (stream: string) => Promise<T>,
  ): Promise<T> => {
    const stream = `${++count}`;
    streams.set(stream, hear);
    try {
      return await work(stream);
    } finally {
      streams.delete(stream);
    }
  };
  /** The finding named, or the one under the cursor. */
  const targetOf = async (given: unknown): Promise<AiTarget | undefined> => {
    if (isTarget(given)) return given;
    const editor = window.activeTextEditor;
    const uri = editor?.document.uri.toString();
    const place = editor && { uri, position: editor.selection.active, inLine: true };
    const found = place ? await client.sendRequest<readonly AiFinding[] | AiFailure>(AI_AT, place) : [];
    const first = Array.isArray(found) ? (found[0] as AiFinding | undefined) : undefined;
    if (first && uri !== undefined) return { uri, fingerprint: first.fingerprint };
    void window.showInformationMessage(l10n.t('There is no finding under the cursor.'));
    return undefined;
  };
  const tell = (it: AiFailure): void => {
    const text = failureText(it);
    if (text === undefined) return;
    const remedy = remedyOf(it);
    void window.showWarningMessage(text, ...(remedy ? [remedy.title] : [])).then((chosen) => {
      if (remedy && chosen !== undefined)
        void commands.executeCommand(remedy.command, ...(remedy.arguments ?? []));
    });
  };

  const offer = async (params: Omit<FixParams, 'stream'>, title: string): Promise<void> => {
    const answer = await window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      (progress, token) =>
        listening(
          ({ candidate }) => {
            if (candidate !== undefined)
              progress.report({ message: l10n.t('candidate {0} of 3', candidate) });
          },
          (stream) => client.sendRequest<FixAnswer>(AI_FIX, { ...params, stream }, token),
        ).catch((): AiFailure => ({ ok: false, code: 'cancelled', detail: '' })),
    );
    if (!answer.ok) return tell(answer);
    if ('label' in answer) return proposals.offer(answer);
    const why = [answer.why, ...answer.reasons].filter((it) => it !== '');
    const text = [l10n.t('No proposal was accepted, so there is no edit.'), ...why].join('\n\n');
    await pages.show(pages.write(l10n.t('No fix'), text));
  };

  return {
    async about(kind, given) {
      const target = await targetOf(given);
      if (!target || !(await ensureConsent(context, Uri.parse(target.uri)))) return;
      const name = kind === 'opinion' ? l10n.t('Second opinion') : l10n.t('Explanation');
      const waiting = l10n.t('Waiting for the answer…');
      await pages.show(pages.write(name, waiting));
      const answer = await window.withProgress(
        {
          location: ProgressLocation.Notification,
          title: l10n.t('Asking a language model about the finding'),
          cancellable: true,
        },
        (_progress, token) =>
          listening(
            ({ text }) => {
              if (text) pages.write(name, `${l10n.t('The answer so far, not yet checked:')}\n\n${text}`);
            },
            (stream) => client.sendRequest<AiAnswer>(AI_ASK, { kind, ...target, stream }, token),
          ).catch((): AiFailure => ({ ok: false, code: 'cancelled', detail: '' })),
      );
      if (answer.ok) return void pages.write(name, pageOf(answer.answer));
      pages.write(name, failureText(answer) ?? l10n.t('Cancelled.'));
      if (remedyOf(answer)) tell(answer);
    },
    async fix(given) {
      const target = await targetOf(given);
      if (!target || !(await ensureConsent(context, Uri.parse(target.uri)))) return;
      await offer(target, l10n.t('Looking for a fix that can be verified'));
    },
    async harden() {
      const editor = window.activeTextEditor;
      if (!editor || editor.selection.isEmpty) {
        void window.showInformationMessage(l10n.t('Select the code that is to be hardened.'));
        return;
      }
      const { uri } = editor.document;
      if (!(await ensureConsent(context, uri))) return;
      const { start, end }: Selection = editor.selection;
      await offer({ uri: uri.toString(), range: { start, end } }, l10n.t('Looking for a hardening'));
    },
    async preview() {
      const target = await targetOf(undefined);
      const editor = window.activeTextEditor;
      if (!target || !editor) return;
      const place = { uri: target.uri, position: editor.selection.active, inLine: true };
      const bytes = await client.sendRequest<string | AiFailure>(AI_PREVIEW, place);
      if (typeof bytes !== 'string') return tell(bytes);
      await pages.show(pages.write(l10n.t('What would be sent'), sentPage(bytes)));
    },
  };
}

function isTarget(value: unknown): value is AiTarget {
  const { uri, fingerprint } = (value ?? {}) as Record<string, unknown>;
  return typeof uri === 'string' && typeof fingerprint === 'string';
}
