// "Why is nothing found here?": what the engine knows of a file and of a line, as a page of Markdown.
// All text of the analysed code is escaped; nothing here judges, it only tells what the engine saw.

import type { Explained } from '../engine/engine.ts';
import { familyOf, languageOf } from '../syntax/language.ts';
import { l10n } from './l10n.ts';
import { escapeText, fileLink, inlineCode } from './markdown.ts';
import { EXPLAIN_REQUEST, type ExplainParams } from './protocol-project.ts';
import { currentOf } from './publish.ts';
import type { ServerRequest } from './requests.ts';
import type { Shown } from './shown.ts';
import type { State } from './state.ts';
import { canonical } from './uris.ts';

/** A page stays readable. */
const ROWS_AT_MOST = 40;

export const explainRequest: ServerRequest = {
  method: EXPLAIN_REQUEST,
  fallback: '',
  answer: (state, params) => explainPage(state, params as ExplainParams),
};

async function explainPage(state: State, { uri: given, line }: ExplainParams): Promise<string> {
  const uri = canonical(given);
  const document = state.documents.get(uri);
  if (document === undefined)
    return page([l10n.t('This file is not open in an editor, or not in a language that Faultline reads.')]);
  if (document.refused !== undefined)
    return page([l10n.t('This file is not analysed: {0}.', escapeText(document.refused.text))]);
  const seen = await state.engine.explain(uri);
  const shown = currentOf(state, document);
  const parts = [l10n.t('# Faultline: what is seen here'), summary(state, shown)];
  const language = languageOf(uri, document.text.languageId);
  if (language !== undefined && line !== undefined) parts.push(lineSection(seen, line, given));
  parts.push(
    section(l10n.t('Sources: where data from outside comes in'), seen, 'source', given),
    section(l10n.t('Sinks: where data can do harm'), seen, 'sink', given),
    section(l10n.t('What makes data safe'), seen, 'safe', given),
  );
  if (!seen.some((it) => it.what === 'source'))
    parts.push(
      l10n.t(
        'No source is known in this file. Data can still come in through the parameters of its functions, if a file that calls them has a source.',
      ),
    );
  return page(parts);
}

function page(parts: readonly string[]): string {
  return `${parts.filter((it) => it !== '').join('\n\n')}\n`;
}

function summary(state: State, shown: Shown | undefined): string {
  if (shown === undefined) return l10n.t('The analysis of the text as it is now has not finished yet.');
  const { report, judged } = shown;
  const lines = [
    l10n.t('Findings shown: {0}. Rules looked for: {1}.', shown.findings.length, state.known.ids.length),
  ];
  const say = (count: number, text: string): void => void (count > 0 && lines.push(text));
  say(shown.suppressed, l10n.t('Suppressed by comments or by path: {0}.', shown.suppressed));
  say(shown.accepted.length, l10n.t('Accepted in the baseline: {0}.', shown.accepted.length));
  say(judged.off, l10n.t('Of rules that settings switch off here: {0}.', judged.off));
  say(judged.hidden, l10n.t('Below the severity or confidence that settings ask for: {0}.', judged.hidden));
  for (const it of report.reasons) lines.push(l10n.t('Analysed in part: {0}', escapeText(it.text)));
  return lines.map((it) => `- ${it}`).join('\n');
}

function lineSection(seen: readonly Explained[], line: number, uri: string): string {
  const here = seen.filter((it) => it.range.start.line <= line && it.range.end.line >= line);
  // A call that spans the line only because its callback does says nothing about the line.
  const near = here.filter((it) => it.what !== 'call' || it.range.start.line === line);
  const rows = near.map((it) => `- ${sentence(it, uri)}`);
  if (rows.length === 0)
    rows.push(`- ${l10n.t('Nothing: no source, no sink and no call is seen in this line.')}`);
  return [`## ${l10n.t('Line {0}', line + 1)}`, rows.slice(0, ROWS_AT_MOST).join('\n')].join('\n\n');
}

function section(title: string, seen: readonly Explained[], what: Explained['what'], uri: string): string {
  const all = seen.filter((it) => it.what === what);
  if (all.length === 0) return '';
  const rows = all.slice(0, ROWS_AT_MOST).map((it) => `- ${place(it, uri)} ${sentence(it, uri)}`);
  if (all.length > rows.length) rows.push(`- ${l10n.t('… and {0} more', all.length - rows.length)}`);
  return [`## ${title} (${all.length})`, rows.join('\n')].join('\n\n');
}

function place(it: Explained, uri: string): string {
  const { line, character } = it.range.start;
  return fileLink(l10n.t('line {0}', line + 1), uri, line, character);
}

function sentence(it: Explained, uri: string): string {
  const code = inlineCode(short(it.code));
  switch (it.what) {
    case 'source':
      return l10n.t(
        '{0} is a source: {1}',
        code,
        escapeText(it.name === '' ? it.kind : `${it.name} (${it.kind})`),
      );
    case 'sink':
      return l10n.t(
        '{0} goes into {1}, a sink for {2}: {3}',
        code,
        inlineCode(it.name),
        it.kind,
        STATES[it.state](),
      );
    case 'safe': {
      const kinds = it.kinds.includes('*') ? l10n.t('everything') : it.kinds.join(', ');
      return it.name === ''
        ? l10n.t('{0} is checked: safe for {1} from here on', code, kinds)
        : l10n.t('{0} is made safe for {1} by {2}', code, kinds, inlineCode(it.name));
    }
    case 'call':
      return callSentence(it, code, uri);
    default:
      return it satisfies never;
  }
}

const STATES: Readonly<Record<Extract<Explained, { what: 'sink' }>['state'], () => string>> = {
  tainted: () => l10n.t('data from a source arrives'),
  parameter: () =>
    l10n.t('it depends on who calls this function; no caller with data from a source is known'),
  safe: () => l10n.t('what arrives has been made safe for it'),
  clean: () => l10n.t('nothing from outside arrives'),
  constant: () => l10n.t('a constant arrives'),
};

function callSentence(it: Extract<Explained, { what: 'call' }>, code: string, uri: string): string {
  if (it.functions.length > 0) {
    const where = it.functions.map(
      (fn) =>
        `${inlineCode(fn.name)}${fn.uri === canonical(uri) ? '' : ` (${escapeText(fn.uri.split('/').at(-1) ?? '')})`}`,
    );
    return l10n.t('{0} runs {1}', code, where.join(', '));
  }
  if (it.models.length > 0) return l10n.t('{0} is known as {1}', code, it.models.map(inlineCode).join(', '));
  return l10n.t('{0}: nothing is known of this call; it passes on what it is given', code);
}

function short(code: string): string {
  const flat = code.replace(/\s+/g, ' ');
  return flat.length > 60 ? `${flat.slice(0, 57)}…` : flat;
}

/** Family of languages of a document, for models. */
export function familyOfDocument(uri: string, languageId: string): string | undefined {
  const language = languageOf(uri, languageId);
  return language === undefined ? undefined : familyOf(language);
}
