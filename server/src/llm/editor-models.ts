// The editor's own language models as a provider: the request goes to the extension, which alone can reach them. They
// report no usage, so characters are counted for tokens.

import { type FailureCode, type Kind, LlmFailure, type LlmProvider, type LlmRequest } from './provider.ts';

export interface EditorRequest {
  readonly system: string;
  readonly user: string;
  readonly schemaName: string;
  readonly schema: object;
  readonly model: string;
}
export type EditorReply =
  | {
      readonly ok: true;
      readonly text: string;
      readonly model: string;
      readonly input: number;
      readonly output: number;
    }
  | { readonly ok: false; readonly code: string; readonly detail: string };

const CODES: readonly FailureCode[] = ['quota', 'consent', 'config', 'cancelled', 'bad_reply', 'offline'];

/** A provider that hands requests to `ask`. `model` names the model a person chose. */
export function editorProvider(
  model: (kind: Kind) => string,
  ask: (request: EditorRequest, signal: AbortSignal) => Promise<EditorReply>,
): LlmProvider {
  const requestOf = (it: LlmRequest): EditorRequest => ({
    system: it.system,
    user: it.user,
    schemaName: it.schemaName,
    schema: it.schema,
    model: model(it.kind),
  });
  return {
    identity: (kind) => `editor ${model(kind)}`,
    bytes: (request) => JSON.stringify(requestOf(request)),
    async complete(request, signal) {
      if (signal.aborted) throw new LlmFailure('cancelled', 'Cancelled.');
      let reply: EditorReply;
      try {
        reply = await ask(requestOf(request), signal);
      } catch {
        if (signal.aborted) throw new LlmFailure('cancelled', 'Cancelled.');
        throw new LlmFailure('bad_reply', 'The editor gave no answer.');
      }
      if (!reply.ok) {
        const code = CODES.find((it) => it === reply.code) ?? 'bad_reply';
        throw new LlmFailure(code, reply.detail);
      }
      const usage = { input: reply.input, output: reply.output };
      if (reply.text.trim() === '') return { stop: 'empty', model: reply.model, usage };
      return { stop: 'ok', text: reply.text, model: reply.model, usage };
    },
  };
}
