// The AI features of the server: they exist only if the extension says where answers may be kept, do nothing until it asks,
// and ask it back for consent, settings and key each time. Diagnostics are out of their reach.

import { type CancellationToken, CancellationTokenSource } from 'vscode-languageserver';
import type { Finding, Uri } from '../engine/engine.ts';
import { anthropicProvider } from '../llm/anthropic.ts';
import { editorProvider } from '../llm/editor-models.ts';
import { findFix } from '../llm/candidates.ts';
import { growing } from '../llm/growing.ts';
import { LlmFailure, type LlmProvider } from '../llm/provider.ts';
import { type Ai, createAi, Declined, type Permit } from '../llm/service.ts';
import { verifyChange, verifyHarmless } from '../verify/verify.ts';
import {
  type Prepared,
  checkExcluded,
  checkSendable,
  questionAbout,
  questionOfRange,
} from './ai-question.ts';
import { explanationText, labelOf, opinionText } from './ai-text.ts';
import { l10n } from './l10n.ts';
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
  type PermitParams,
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
      permit: (uris, sends) => permitFor(state, uris, sends),
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
    void connection.onRequest(method, async (...given: unknown[]) => {
      // A request without parameters comes with the token alone.
      const token = given.at(-1) as CancellationToken;
      const params = given[0] as P;
      if (state.abilities.options.aiStorage === undefined)
        return {
          ok: false,
          code: 'config',
          detail: l10n.t('This client has no AI features.'),
        } satisfies AiFailure;
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

  on<AiPlace, readonly AiFinding[]>(AI_AT, async (place) => {
    const found: AiFinding[] = [];
    for (const it of shownAt(state, place)) {
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
    const finding = findingOf(state, params);
    const { question } = await questionAbout(state, finding);
    const stream = (text: string): void => say({ stream: params.stream, text: growing(text) });
    const ask = { signal, onText: stream, ...(params.background && { urgency: 'background' as const }) };
    if (params.kind === 'opinion')
      return { ok: true, answer: opinionText(await ai().opinion(question, ask), question.slice) };
    return { ok: true, answer: explanationText(await ai().explain(question, ask), finding, question.slice) };
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
  on<AiPlace, string | AiFailure>(AI_PREVIEW, async (place) => {
    const [finding] = shownAt(state, place);
    if (!finding) return { ok: false, code: 'gone', detail: l10n.t('There is no finding here.') };
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
async function permitFor(state: State, uris: readonly Uri[], sends: boolean): Promise<Permit> {
  for (const uri of uris) checkSendable(state, uri);
  const { connection } = state;
  const params: PermitParams = { uris: uris.map((uri) => state.uris.toClient(uri)), sends };
  const it = await connection.sendRequest<Permission>(AI_PERMIT, params);
  if (!it.allowed) throw new LlmFailure(it.code, it.detail);
  checkExcluded(state, uris, it.exclude);
  const provider: LlmProvider =
    it.provider === 'anthropic'
      ? anthropicProvider({
          endpoint: it.endpoint,
          model: (kind) => it.models[kind],
          apiKey: async () => {
            const key = await connection.sendRequest<string | null>(AI_KEY);
            if (key === null || key === '') throw new LlmFailure('auth', l10n.t('There is no API key.'));
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

function shownAt(state: State, { uri, position, inLine }: AiPlace): readonly Finding[] {
  const document = state.documents.get(canonical(uri));
  const shown = document && currentOf(state, document);
  const all = shown?.findings ?? [];
  const here = all.filter(({ range: { start, end } }) => {
    const after =
      position.line > start.line || (position.line === start.line && position.character >= start.character);
    const before =
      position.line < end.line || (position.line === end.line && position.character <= end.character);
    return after && before;
  });
  if (here.length > 0 || inLine !== true) return here;
  return all.filter(({ range: { start, end } }) => start.line <= position.line && position.line <= end.line);
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
    return it && explanationText(it, finding, question.slice);
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
  const label = labelOf(finding?.rule, out.proof);
  return { ok: true, files, label, behaviourChange: out.answer.behaviour_change, model: out.model };
}

function failureOf(error: unknown): AiFailure {
  if (error instanceof LlmFailure) return { ok: false, code: error.code, detail: error.message };
  if (error instanceof Declined) return { ok: false, code: error.why, detail: error.message };
  if (error instanceof Gone)
    return { ok: false, code: 'gone', detail: l10n.t('The code has changed meanwhile.') };
  if ((error as Error)?.name === 'AbortError')
    return { ok: false, code: 'cancelled', detail: l10n.t('Cancelled.') };
  return { ok: false, code: 'bad_reply', detail: l10n.t('Something went wrong inside Faultline.') };
}
