// Checked answers as paragraphs of plain text: every step and every quote says which line of the real code it is about.
// The lines are those of the finding as it is now, so an answer that is kept stays right when code above it moves.

import type { Finding, Uri } from '../engine/engine.ts';
import type { Evidence, Explanation, Opinion } from '../llm/schemas.ts';
import type { Marked } from '../llm/service.ts';
import type { Slice } from '../llm/slice.ts';
import { l10n } from './l10n.ts';
import type { AiText } from './protocol-ai.ts';
import { pathOf } from './uris.ts';

/** An explanation of a finding. */
export function explanationText(it: Marked<Explanation>, finding: Finding, slice: Slice): AiText {
  const { answer, model, at, cached } = it;
  const steps = finding.paths[0]?.steps ?? [finding];
  const text = [
    ...(answer.suspected_injection ? [l10n.t('Text in this code seems to address whoever reviews it.')] : []),
    answer.summary,
    ...answer.path.map((x, i) => {
      const step = steps[i];
      const where = step === undefined ? '' : `${place(step.uri, step.range.start.line)}: `;
      return `${i + 1}. ${where}${x.what}`;
    }),
    answer.impact,
    answer.remedy,
    ...answer.evidence.map((x) => quoted(x, slice)),
  ];
  return { kind: 'explain', text, model, at, cached };
}

/** A second opinion; with a sign that the code speaks to the model it says nothing else. */
export function opinionText(it: Marked<Opinion>, slice: Slice): AiText {
  const { answer, model, at, cached } = it;
  const text = answer.suspected_injection
    ? [l10n.t('Text in this code seems to address whoever reviews it, so there is no verdict.')]
    : [VERDICTS[answer.verdict](), answer.reasoning];
  if (answer.mitigation && !answer.suspected_injection)
    text.push(
      l10n.t('Mitigation ({0}): {1}', answer.mitigation.kind, quoted(answer.mitigation.evidence, slice)),
    );
  text.push(...answer.evidence.map((x) => quoted(x, slice)));
  return { kind: 'opinion', text, model, at, cached };
}

const VERDICTS: Readonly<Record<Opinion['verdict'], () => string>> = {
  likely_true: () => l10n.t('Likely a real flaw.'),
  likely_false: () => l10n.t('Likely no flaw. The finding stays; whether to suppress it is yours to decide.'),
  unsure: () => l10n.t('Unsure.'),
};

/** What a person reads before accepting a fix: what was proven, and what was not looked at. */
export function labelOf(rule: string | undefined, proof: string): string {
  const open = l10n.t('Tests were not run, types were not checked.');
  return rule === undefined
    ? `${proof} ${open}`
    : `${l10n.t('Verified by re-analysis with {0}.', rule)} ${proof} ${open}`;
}

/** The quote was found in the line that it names; here that line gets its real name. */
function quoted({ line, quote }: Evidence, slice: Slice): string {
  for (const file of slice.files) {
    const sent = file.lines.find((it) => it.number === line);
    if (sent?.line !== undefined)
      return l10n.t('Quoted from {0}: {1}', place(file.uri, sent.line), quote.trim());
  }
  return l10n.t('Quoted and found: {0}', quote.trim());
}

function place(uri: Uri, line: number): string {
  const name = (pathOf(uri) ?? uri).split(/[\\/]/).at(-1) ?? '';
  return `${name}:${line + 1}`;
}
