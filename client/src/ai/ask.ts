// What a person can ask for: explanations and second opinions beside the code, fixes as a diff to accept, and the bytes that
// would be sent. Every one of them ends in something visible, whatever happens.

import {
  commands,
  l10n,
  ProgressLocation,
  Range,
  Uri,
  window,
  workspace,
  WorkspaceEdit,
  type Selection,
} from 'vscode';
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
import { failureText, pageOf } from './words.ts';

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

export function createAsking({ client, context }: Faultline, pages: Pages): Asking {
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
    const place = editor && { uri, position: editor.selection.active };
    const found = place ? await client.sendRequest<readonly AiFinding[] | AiFailure>(AI_AT, place) : [];
    const first = Array.isArray(found) ? (found[0] as AiFinding | undefined) : undefined;
    if (first && uri !== undefined) return { uri, fingerprint: first.fingerprint };
    void window.showInformationMessage(l10n.t('There is no finding under the cursor.'));
    return undefined;
  };
  const tell = (it: AiFailure): void => {
    const text = failureText(it);
    if (text !== undefined) void window.showWarningMessage(text);
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
    const [first] = answer.files;
    if (!first || !('label' in answer)) {
      const why = 'why' in answer ? [answer.why, ...answer.reasons] : [];
      const text = [l10n.t('No proposal was accepted, so there is no edit.'), ...why].join('\n\n');
      return pages.show(pages.write('Fix.txt', text));
    }
    for (const it of answer.files) await showDiff(pages, it);
    const accept = l10n.t('Accept');
    const label = [answer.behaviourChange, answer.label, l10n.t('Proposed by {0}.', answer.model)]
      .filter((it) => it !== null)
      .join(' ');
    if ((await window.showInformationMessage(label, accept, l10n.t('Discard'))) !== accept) return;
    await apply(answer.files);
  };

  return {
    async about(kind, given) {
      const target = await targetOf(given);
      if (!target || !(await ensureConsent(context, Uri.parse(target.uri)))) return;
      const name = kind === 'opinion' ? 'Second opinion.txt' : 'Explanation.txt';
      const waiting = l10n.t('Waiting for the answer…');
      await pages.show(pages.write(name, waiting));
      const answer = await window.withProgress(
        {
          location: ProgressLocation.Notification,
          title: l10n.t('Asking about the finding'),
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
      tell(answer);
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
      const editor = window.activeTextEditor;
      if (!editor || !(await ensureConsent(context, editor.document.uri))) return;
      const place = { uri: editor.document.uri.toString(), position: editor.selection.active };
      const bytes = await client.sendRequest<string | AiFailure>(AI_PREVIEW, place);
      if (typeof bytes !== 'string') return tell(bytes);
      await pages.show(pages.write('What Would Be Sent.json', bytes));
    },
  };
}

function isTarget(value: unknown): value is AiTarget {
  const { uri, fingerprint } = (value ?? {}) as Record<string, unknown>;
  return typeof uri === 'string' && typeof fingerprint === 'string';
}

type NewFile = Extract<FixAnswer, { readonly label: string }>['files'][number];
async function showDiff(pages: Pages, file: NewFile): Promise<void> {
  const real = Uri.parse(file.uri);
  const name = real.path.split('/').at(-1) ?? 'file';
  const proposed = pages.write(`proposed/${name}`, file.text);
  await commands.executeCommand('vscode.diff', real, proposed, l10n.t('{0}: proposed fix', name));
}

/** Puts the new texts in, unless a document has changed since they were made. */
async function apply(files: readonly NewFile[]): Promise<void> {
  const edit = new WorkspaceEdit();
  for (const it of files) {
    const document = await workspace.openTextDocument(Uri.parse(it.uri));
    if (it.version !== null && document.version !== it.version) {
      void window.showWarningMessage(l10n.t('The code has changed meanwhile. Ask again.'));
      return;
    }
    const whole = new Range(document.positionAt(0), document.positionAt(document.getText().length));
    edit.replace(document.uri, whole, it.text);
  }
  await workspace.applyEdit(edit);
}
