// The hover over a finding: what it is, how sure, why it matters, what to do instead, and the path as links.
// It uses only what is already known, so it never waits; all text of the analysed code is escaped.

import type { Hover, Position, Range } from 'vscode-languageserver';
import type { Finding, Step, Uri } from '../engine/engine.ts';
import { cweUrl, ruleUrl } from '../report/result.ts';
import type { Confidence, Severity } from '../rules/schema.ts';
import { describeStep } from './diagnostics.ts';
import { l10n } from './l10n.ts';
import { escapeText, link, richText } from './markdown.ts';
import { SHOW_PATH_COMMAND, type FindingRef } from './protocol-findings.ts';
import { currentOf } from './publish.ts';
import type { State } from './state.ts';
import { pathOf } from './uris.ts';

/** Two findings at one place are rare; more would fill the screen. */
const FINDINGS_AT_MOST = 3;
/** The hover scrolls, but nobody reads further. */
const STEPS_AT_MOST = 30;

const SURE: Readonly<Record<Confidence, () => string>> = {
  high: () => l10n.t('high confidence: every step is known'),
  medium: () => l10n.t('medium confidence: the path passes code that is not known'),
  low: () => l10n.t('low confidence: the called function is known by its name only'),
};
const SEVERITY: Readonly<Record<Severity, () => string>> = {
  error: () => l10n.t('error'),
  warning: () => l10n.t('warning'),
  info: () => l10n.t('information'),
};

/** The hover at a position of an open document, or null if no finding is there. */
export function hoverAt(state: State, uri: Uri, position: Position): Hover | null {
  const document = state.documents.get(uri);
  const shown = document === undefined ? undefined : currentOf(state, document);
  const here = (shown?.findings ?? []).filter((it) => contains(it.range, position));
  if (here.length === 0) return null;
  const parts = here.slice(0, FINDINGS_AT_MOST).map((it) => describeFinding(state, it));
  const range = here[0]!.range;
  if (state.abilities.markdownHover)
    return { contents: { kind: 'markdown', value: parts.join('\n\n---\n\n') }, range };
  return { contents: { kind: 'plaintext', value: here.map((it) => it.message).join('\n\n') }, range };
}

/** A finding as Markdown. What leads on stands right below the title: a hover is often cut off below. */
function describeFinding(state: State, finding: Finding): string {
  const words = state.wordsOf(finding.rule);
  const title = escapeText(words?.title ?? finding.rule);
  const facts = [
    SEVERITY[finding.severity](),
    SURE[finding.confidence](),
    ...finding.cwe.map((it) => link(`CWE-${it}`, cweUrl(it))),
  ];
  const lines = [`**${title}** (${facts.join(', ')})`, linksOf(state, finding), richText(finding.message)];
  if (words?.why !== undefined) lines.push(`**${l10n.t('Why')}** ${richText(words.why)}`);
  if (words?.instead !== undefined) lines.push(`**${l10n.t('Instead')}** ${richText(words.instead)}`);
  const path = finding.paths[0];
  if (path !== undefined && path.steps.length > 0)
    lines.push(stepList(path.steps, finding.uri, state.uris.toClient));
  const more = finding.paths.length - 1;
  if (more > 0)
    lines.push(more === 1 ? l10n.t('One other way leads here.') : l10n.t('{0} other ways lead here.', more));
  return lines.join('\n\n');
}

function linksOf(state: State, finding: Finding): string {
  const about = link(l10n.t('About {0}', finding.rule), ruleUrl(finding.rule));
  const steps = finding.paths[0]?.steps.length ?? 0;
  if (state.abilities.options.showsPath !== true || steps < 2) return about;
  const target: FindingRef = { uri: state.uris.toClient(finding.uri), fingerprint: finding.fingerprint };
  const argument = encodeURIComponent(JSON.stringify([target]));
  const path = link(l10n.t('Show the path: {0} steps', steps), `command:${SHOW_PATH_COMMAND}?${argument}`);
  return `${path} · ${about}`;
}

function stepList(steps: readonly Step[], uri: Uri, toClient: (uri: Uri) => string): string {
  const shown = steps.slice(0, STEPS_AT_MOST);
  const list = shown.map(
    (step, index) => `${index + 1}. ${place(step, uri, toClient)} ${richText(describeStep(step))}`,
  );
  // The sink is where the reader already is; it is never the part that is cut.
  if (steps.length > shown.length)
    list.push(`${shown.length + 1}. ${l10n.t('… {0} more steps', steps.length - shown.length)}`);
  return [`**${l10n.t('Path')}**`, '', ...list].join('\n');
}

function place(step: Step, from: Uri, toClient: (uri: Uri) => string): string {
  const { line, character } = step.range.start;
  const name = nameOf(step.uri);
  const label = step.uri === from ? l10n.t('line {0}', line + 1) : `${name}:${line + 1}`;
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
