// The hover over a finding: what it is, how sure, why it matters, what to do instead, and the path as links.
// It uses only what is already known, so it never waits; all text of the analysed code is escaped.

import type { Hover, Position, Range } from 'vscode-languageserver';
import type { Finding, Step, Uri } from '../engine/engine.ts';
import { cweUrl, ruleUrl } from '../report/result.ts';
import type { Confidence } from '../rules/schema.ts';
import { describeStep } from './diagnostics.ts';
import { escapeText, link, richText } from './markdown.ts';
import { currentOf } from './publish.ts';
import type { State } from './state.ts';
import { pathOf } from './uris.ts';
import type { WordsOf } from './words.ts';

/** Two findings at one place are rare; more would fill the screen. */
const FINDINGS_AT_MOST = 3;
/** The hover scrolls, but nobody reads further. */
const STEPS_AT_MOST = 30;

const SURE: Readonly<Record<Confidence, string>> = {
  high: 'high confidence: every step is known',
  medium: 'medium confidence: the path passes code that is not known',
  low: 'low confidence: the called function is known by its name only',
};

/** The hover at a position of an open document, or null if no finding is there. */
export function hoverAt(state: State, uri: Uri, position: Position): Hover | null {
  const document = state.documents.get(uri);
  const shown = document === undefined ? undefined : currentOf(state, document);
  const here = (shown?.findings ?? []).filter((it) => contains(it.range, position));
  if (here.length === 0) return null;
  const parts = here
    .slice(0, FINDINGS_AT_MOST)
    .map((it) => describeFinding(it, state.wordsOf, state.uris.toClient));
  const range = here[0]!.range;
  if (state.abilities.markdownHover)
    return { contents: { kind: 'markdown', value: parts.join('\n\n---\n\n') }, range };
  return { contents: { kind: 'plaintext', value: here.map((it) => it.message).join('\n\n') }, range };
}

/** A finding as Markdown. */
export function describeFinding(finding: Finding, wordsOf: WordsOf, toClient: (uri: Uri) => string): string {
  const words = wordsOf(finding.rule);
  const title = escapeText(words?.title ?? finding.rule);
  const facts = [
    finding.severity,
    SURE[finding.confidence],
    ...finding.cwe.map((it) => link(`CWE-${it}`, cweUrl(it))),
  ];
  const lines = [`**${title}** (${facts.join(', ')})`, richText(finding.message)];
  if (words?.why !== undefined) lines.push(`**Why** ${richText(words.why)}`);
  if (words?.instead !== undefined) lines.push(`**Instead** ${richText(words.instead)}`);
  const path = finding.paths[0];
  if (path !== undefined && path.steps.length > 0) lines.push(stepList(path.steps, finding.uri, toClient));
  const more = finding.paths.length - 1;
  if (more > 0) lines.push(more === 1 ? 'One other way leads here.' : `${more} other ways lead here.`);
  lines.push(link(`About ${finding.rule}`, ruleUrl(finding.rule)));
  return lines.join('\n\n');
}

function stepList(steps: readonly Step[], uri: Uri, toClient: (uri: Uri) => string): string {
  const shown = steps.slice(0, STEPS_AT_MOST);
  const list = shown.map(
    (step, index) => `${index + 1}. ${place(step, uri, toClient)} ${richText(describeStep(step))}`,
  );
  // The sink is where the reader already is; it is never the part that is cut.
  if (steps.length > shown.length)
    list.push(`${shown.length + 1}. … ${steps.length - shown.length} more steps`);
  return ['**Path**', '', ...list].join('\n');
}

function place(step: Step, from: Uri, toClient: (uri: Uri) => string): string {
  const { line, character } = step.range.start;
  const name = nameOf(step.uri);
  const label = step.uri === from ? `line ${line + 1}` : `${name}:${line + 1}`;
  return link(label, `${toClient(step.uri)}#L${line + 1},${character + 1}`);
}

function nameOf(uri: Uri): string {
  const path = pathOf(uri) ?? uri;
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

function contains(range: Range, at: Position): boolean {
  const afterStart =
    at.line > range.start.line || (at.line === range.start.line && at.character >= range.start.character);
  const beforeEnd =
    at.line < range.end.line || (at.line === range.end.line && at.character <= range.end.character);
  return afterStart && beforeEnd;
}
