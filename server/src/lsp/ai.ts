// The AI features of the server: they exist only if the extension says where answers may be kept, do nothing until it asks,
// and ask it back for consent, settings and key each time. Diagnostics are out of their reach.

import { type CancellationToken, CancellationTokenSource } from 'vscode-languageserver';
import type { Finding, Uri } from '../engine/engine.ts';
import { anthropicProvider } from '../llm/anthropic.ts';
import { editorProvider } from '../llm/editor-models.ts';
import { findFix } from '../llm/candidates.ts';
import { growing } from '../llm/growing.ts';
import { LlmFailure, type LlmProvider } from '../llm/provider.ts';
import { type Ai, createAi, Declined, type Marked, type Permit } from '../llm/service.ts';
import type { Explanation, Opinion } from '../llm/schemas.ts';
import { verifyChange, verifyHarmless } from '../verify/verify.ts';
import { type Prepared, checkSendable, questionAbout, questionOfRange } from './ai-question.ts';
import {
  AI_ASK,
  AI_AT,
  AI_CLEAR,
  AI_COMPLETE,
  AI_COUNTER,
  AI_FIX,
  AI_KEY,
  AI_KEY_CHANGED,
  AI_PERMIT,
  AI_PREVIEW,
  AI_STREAM,
  type AiAnswer,
  type AiFailure,
  type AiFinding,
  type AiPlace,
  type AiText,
  type AskParams,
  type Completed,
  type CounterParams,
  type FixAnswer,
  type FixParams,
  type Permission,
  type StreamParams,
} from './protocol-ai.ts';
import { currentOf } from './publish.ts';
import type { State } from './state.ts';
import { canonical } from './uris.ts';

/** Sets the requests up. Without a folder for answers in the client's options there are none. */
export function aiFeatures(state: State): void {
  const { connection } = state;
  let made: Ai | undefined;
  let pausedUntil: number | undefined;
  let last: CounterParams | undefined;
  const tell = (it: CounterParams): void => {
    last = it;
    void connection.sendNotification(AI_COUNTER, pausedUntil === undefined ? it : { ...it, pausedUntil });
  };
  const ai = (): Ai =>
    (made ??= createAi({
      storage: state.abilities.options.aiStorage,
      permit: (uri) => permitFor(state, uri),
      now: () => Date.now(),
      day: state.today,
      onCounter: (it) =>
        tell({ today: it.today, session: it.session, perDay: it.limits.day, perSession: it.limits.session }),
      onPause: (until) => {
        pausedUntil = until;
        if (last) tell(last);
      },
    }));
  state.stopping.signal.addEventListener('abort', () => made?.stop(), { once: true });
  const on = <P, R>(method: string, answer: (params: P, signal: AbortSignal) => Promise<R>): void =>
    void connection.onRequest(method, async (params: P, token: CancellationToken) => {
      if (state.abilities.options.aiStorage === undefined)
        return { ok: false, code: 'config', detail: 'This client has no AI features.' } satisfies AiFailure;
      const abort = new AbortController();
      const listening = token.onCancellationRequested(() => abort.abort());
      try {
        return await answer(params, abort.signal);
      } catch (error) {
        return failureOf(error);
      } finally {
        listening.dispose();
      }
    });

  on<AiPlace, readonly AiFinding[]>(AI_AT, async ({ uri, position }) => {
    const found: AiFinding[] = [];
    for (const it of shownAt(state, canonical(uri), position)) {
      const explanation = await known(ai(), state, it);
      found.push({
        fingerprint: it.fingerprint,
        rule: it.rule,
        range: it.range,
        ...(explanation && { explanation }),
      });
    }
    return found;
  });
  on<AskParams, AiAnswer>(AI_ASK, async (params, signal) => {
    const { question } = await questionAbout(state, findingOf(state, params));
    const stream = (text: string): void => say({ stream: params.stream, text: growing(text) });
    const ask = { signal, onText: stream, ...(params.background && { urgency: 'background' as const }) };
    if (params.kind === 'opinion')
      return { ok: true, answer: opinionText(await ai().opinion(question, ask), question.slice) };
    return { ok: true, answer: explanationText(await ai().explain(question, ask)) };
  });
  on<FixParams, FixAnswer>(AI_FIX, async (params, signal) => {
    const uri = canonical(params.uri);
    const { fingerprint, range } = params;
    const finding = fingerprint === undefined ? undefined : findingOf(state, { uri, fingerprint });
    const prepared = finding
      ? await questionAbout(state, finding)
      : await questionOfRange(state, uri, range!);
    return fix(state, ai(), prepared, finding, signal, (candidate) =>
      say({ stream: params.stream, candidate }),
    );
  });
  on<AiPlace, string | AiFailure>(AI_PREVIEW, async ({ uri, position }) => {
    const [finding] = shownAt(state, canonical(uri), position);
    if (!finding) return { ok: false, code: 'gone', detail: 'There is no finding here.' };
    return ai().preview('explain', (await questionAbout(state, finding)).question);
  });
  on<void, null>(AI_CLEAR, async () => {
    ai().clear();
    return null;
  });
  connection.onNotification(AI_KEY_CHANGED, () => made?.keyChanged());

  const say = (it: StreamParams): void => void connection.sendNotification(AI_STREAM, it);
}

/** Asks the extension, which knows what a person allowed. */
async function permitFor(state: State, uri: Uri): Promise<Permit> {
  checkSendable(state, uri);
  const { connection } = state;
  const it = await connection.sendRequest<Permission>(AI_PERMIT, { uri: state.uris.toClient(uri) });
  if (!it.allowed) throw new LlmFailure(it.code, it.detail);
  const provider: LlmProvider =
    it.provider === 'anthropic'
      ? anthropicProvider({
          endpoint: it.endpoint,
          model: (kind) => it.models[kind],
          apiKey: async () => {
            const key = await connection.sendRequest<string | null>(AI_KEY);
            if (key === null || key === '') throw new LlmFailure('auth', 'There is no API key.');
            return key;
          },
        })
      : editorProvider(
          (kind) => it.models[kind],
          (request, signal) => {
            const source = new CancellationTokenSource();
            signal.addEventListener('abort', () => source.cancel(), { once: true });
            return connection.sendRequest<Completed>(AI_COMPLETE, request, source.token);
          },
        );
  return { provider, limits: { day: it.perDay, session: it.perSession } };
}

function shownAt(state: State, uri: Uri, position: AiPlace['position']): readonly Finding[] {
  const document = state.documents.get(uri);
  const shown = document && currentOf(state, document);
  return (shown?.findings ?? []).filter(({ range: { start, end } }) => {
    const after =
      position.line > start.line || (position.line === start.line && position.character >= start.character);
    const before =
      position.line < end.line || (position.line === end.line && position.character <= end.character);
    return after && before;
  });
}

function findingOf(state: State, params: { readonly uri: string; readonly fingerprint: string }): Finding {
  const uri = canonical(params.uri);
  const document = state.documents.get(uri);
  const shown = document && currentOf(state, document);
  const found = shown?.findings.find((it) => it.fingerprint === params.fingerprint);
  if (!found) throw new Gone();
  return found;
}
class Gone extends Error {}

async function known(ai: Ai, state: State, finding: Finding): Promise<AiText | undefined> {
  try {
    const { question } = await questionAbout(state, finding);
    const it = await ai.known('explain', question);
    return it && explanationText(it);
  } catch {
    // Nothing may be sent for it, so there is nothing to show.
    return undefined;
  }
}

async function fix(
  state: State,
  ai: Ai,
  { question, texts }: Prepared,
  finding: Finding | undefined,
  signal: AbortSignal,
  onCandidate: (n: number) => void,
): Promise<FixAnswer> {
  const versions = new Map(
    [...texts.keys()].map((uri) => [uri, state.documents.get(uri)?.text.version ?? null]),
  );
  const engine = {
    whatIf: async (...args: Parameters<State['engine']['whatIf']>) =>
      (await state.engine.whatIf(...args)) ?? [],
  };
  const judge = (files: readonly { readonly uri: Uri; readonly text: string }[]) => {
    const changes = files.map((it) => ({
      uri: it.uri,
      languageId: state.documents.get(it.uri)?.text.languageId,
      before: texts.get(it.uri),
      after: it.text,
    }));
    return finding
      ? verifyChange(engine, finding, changes, { own: true, signal })
      : verifyHarmless(engine, changes, { own: true, signal });
  };
  const textOf = (uri: Uri): string => texts.get(uri) ?? '';
  const out = await findFix(ai, { question, textOf, judge }, { signal }, onCandidate);
  if (!out.found) return { ok: true, files: [], why: out.why, reasons: out.reasons, model: out.model };
  for (const [uri, version] of versions)
    if ((state.documents.get(uri)?.text.version ?? null) !== version) throw new Gone();
  const files = out.files.map((it) => ({
    uri: state.uris.toClient(it.uri),
    version: versions.get(it.uri) ?? null,
    text: it.text,
  }));
  const label = finding
    ? `Verified by re-analysis with ${finding.rule}. ${out.proof} Tests were not run.`
    : `${out.proof} Tests were not run.`;
  return { ok: true, files, label, behaviourChange: out.answer.behaviour_change, model: out.model };
}

function explanationText(it: Marked<Explanation>): AiText {
  const { answer, model, at, cached } = it;
  const quotes = answer.evidence.map((x) => `Quoted and found: ${x.quote.trim()}`);
  const warned = answer.suspected_injection ? ['Text in this code seems to address whoever reviews it.'] : [];
  const steps = answer.path.map((x, i) => `${i + 1}. ${x.what}`);
  const text = [...warned, answer.summary, ...steps, answer.impact, answer.remedy, ...quotes];
  return { kind: 'explain', text, model, at, cached };
}
const VERDICTS = {
  likely_true: 'Second opinion: likely a real flaw.',
  likely_false:
    'Second opinion: likely no flaw. The finding stays; whether to suppress it is yours to decide.',
  unsure: 'Second opinion: unsure.',
} as const;
function opinionText(it: Marked<Opinion>, _slice: unknown): AiText {
  const { answer, model, at, cached } = it;
  const text = answer.suspected_injection
    ? ['Text in this code seems to address whoever reviews it, so there is no verdict.']
    : [VERDICTS[answer.verdict], answer.reasoning];
  if (answer.mitigation && !answer.suspected_injection)
    text.push(
      `Mitigation (${answer.mitigation.kind}), quoted and found: ${answer.mitigation.evidence.quote.trim()}`,
    );
  text.push(...answer.evidence.map((x) => `Quoted and found: ${x.quote.trim()}`));
  return { kind: 'opinion', text, model, at, cached };
}

function failureOf(error: unknown): AiFailure {
  if (error instanceof LlmFailure) return { ok: false, code: error.code, detail: error.message };
  if (error instanceof Declined) return { ok: false, code: error.why, detail: error.message };
  if (error instanceof Gone) return { ok: false, code: 'gone', detail: 'The code has changed meanwhile.' };
  if ((error as Error)?.name === 'AbortError') return { ok: false, code: 'cancelled', detail: 'Cancelled.' };
  return { ok: false, code: 'bad_reply', detail: 'Something went wrong inside Faultline.' };
}
