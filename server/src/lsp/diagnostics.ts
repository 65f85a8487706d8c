// Turns findings into the diagnostics an editor shows: position, words, links and the path as related information.
// Pure; positions of other files are spelled as the editor spells them, which is the caller's business.

import {
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic,
  type DiagnosticRelatedInformation,
} from 'vscode-languageserver';
import { l10n } from './l10n.ts';
import type { Finding, Step } from '../engine/engine.ts';
import type { SuppressionProblem } from '../project/suppress.ts';
import { ruleUrl } from '../report/result.ts';
import type { Confidence, Severity } from '../rules/schema.ts';

export const SOURCE = 'faultline';
/** More entries than this do not help in the Problems panel; the hover has the whole path. */
const RELATED_AT_MOST = 12;

/** What a diagnostic carries for code actions, so that they need no look-up by position. */
export interface DiagnosticData {
  readonly fingerprint: string;
  readonly fix?: string;
  readonly version?: number;
  readonly confidence: Confidence;
}

export interface DiagnosticContext {
  /** Version of the document that was analysed, undefined for a closed file. */
  readonly version?: number;
  /** The editor shows related information and links of codes. */
  readonly related: boolean;
  toClient(uri: string): string;
}

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** A finding as a diagnostic. */
export function toDiagnostic(finding: Finding, context: DiagnosticContext): Diagnostic {
  const data: DiagnosticData = {
    fingerprint: finding.fingerprint,
    ...(finding.fix !== undefined && { fix: finding.fix }),
    ...(context.version !== undefined && { version: context.version }),
    confidence: finding.confidence,
  };
  const steps = context.related ? relatedTo(finding, context) : [];
  return {
    range: finding.range,
    severity: SEVERITIES[finding.severity],
    code: finding.rule,
    codeDescription: { href: ruleUrl(finding.rule) },
    source: SOURCE,
    message: messageOf(finding),
    ...(steps.length > 0 && { relatedInformation: steps }),
    data,
  };
}

/** The words shown for a finding: what, how sure if it is not sure, and the weakness. */
export function messageOf(finding: Finding): string {
  const text = finding.confidence === 'low' ? l10n.t('Possible: {0}', finding.message) : finding.message;
  return finding.cwe[0] === undefined ? text : `${text} [CWE-${finding.cwe[0]}]`;
}

/** A finding of the baseline: a hint, so that it is in nobody's list and can still be read about. */
export function toAcceptedDiagnostic(finding: Finding, context: DiagnosticContext): Diagnostic {
  return { ...toDiagnostic(finding, context), severity: DiagnosticSeverity.Hint };
}

/** A suppression comment that is unused, expired, without a reason or malformed, as a diagnostic. */
export function toSuppressionDiagnostic(problem: SuppressionProblem): Diagnostic {
  const visible = problem.code === 'expired' || problem.code === 'malformed';
  return {
    range: problem.range,
    severity: visible ? DiagnosticSeverity.Warning : DiagnosticSeverity.Hint,
    code: `suppression-${problem.code}`,
    codeDescription: { href: ruleUrl('suppressions') },
    source: SOURCE,
    message: problem.message,
    ...(problem.code === 'unused' && { tags: [DiagnosticTag.Unnecessary] }),
  };
}

function relatedTo(finding: Finding, context: DiagnosticContext): DiagnosticRelatedInformation[] {
  const steps = finding.paths[0]?.steps ?? [];
  const entries = steps.map((step, index) => entry(step, `${index + 1}. ${describeStep(step)}`, context));
  if (entries.length <= RELATED_AT_MOST) return entries;
  // The source, the way in, and the last steps to the sink say most; the middle is named, not dropped silently.
  const tail = Math.floor((RELATED_AT_MOST - 1) / 2);
  const head = RELATED_AT_MOST - 1 - tail;
  const hidden = steps.length - head - tail;
  const note = entry(steps[head]!, l10n.t('… {0} more steps', hidden), context);
  return [...entries.slice(0, head), note, ...entries.slice(-tail)];
}

/** A step as a phrase: `source: req.query.id is read`. */
export function describeStep(step: Step): string {
  if (step.role === 'step') return step.text;
  return step.role === 'source' ? l10n.t('source: {0}', step.text) : l10n.t('sink: {0}', step.text);
}

function entry(step: Step, message: string, context: DiagnosticContext): DiagnosticRelatedInformation {
  return { location: { uri: context.toClient(step.uri), range: step.range }, message };
}
