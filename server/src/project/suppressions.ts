// Every suppression of a project in one list, with its state: comments in the code, entries of the settings, the baseline.
// `faultline audit` and the editor's view show this list.

import type { Report } from '../engine/engine.ts';
import type { ProjectConfig } from './config.ts';
import type { Judged } from './policy.ts';
import { parseIgnore } from './suppress.ts';

export interface SuppressionEntry {
  readonly where: 'comment' | 'settings' | 'baseline';
  /** Absolute path of the file it stands in. */
  readonly path: string;
  /** From 1; undefined for the baseline. */
  readonly line?: number;
  readonly ids: readonly string[];
  readonly reason: string;
  readonly until?: string;
  readonly state: 'active' | 'expired' | 'unused' | 'reasonless' | 'malformed';
}

/** The suppressions by comment of one file. */
export function commentsOf(report: Report, judged: Judged, path: string): SuppressionEntry[] {
  return (report.ignores ?? []).flatMap((comment): SuppressionEntry[] => {
    const line = comment.range.start.line + 1;
    const { suppressions, problems } = parseIgnore(comment);
    const said = judged.problems.filter((it) => it.range === comment.range);
    const malformed = problems.map((it): SuppressionEntry => ({
      ...{ where: 'comment', path, line, ids: [], reason: it.message, state: 'malformed' },
    }));
    const state = said.find((it) => it.code !== 'malformed')?.code ?? 'active';
    return [
      ...suppressions.map((it): SuppressionEntry => ({
        ...{ where: 'comment', path, line, ids: it.ids, reason: it.reason, state },
        ...(it.until !== undefined && { until: it.until }),
      })),
      ...malformed,
    ];
  });
}

/** The suppressions by path. `used` are the indexes of those that hid something; undefined if not all was analysed. */
export function entriesOf(
  config: ProjectConfig,
  path: string,
  used: ReadonlySet<number> | undefined,
  today: string,
): SuppressionEntry[] {
  return config.suppress.map((it, index): SuppressionEntry => {
    const expired = it.until !== undefined && it.until < today;
    const state = expired ? 'expired' : used?.has(index) === false ? 'unused' : 'active';
    return {
      ...{ where: 'settings', path, line: it.line, reason: it.reason, state },
      ids: [...it.ids.map((id) => `${id} in ${it.files.join(' ')}`)],
      ...(it.until !== undefined && { until: it.until }),
    };
  });
}

/** The baseline as one entry; its file lists the findings. */
export function baselineEntry(count: number, path: string): SuppressionEntry[] {
  if (count === 0) return [];
  const reason = count === 1 ? '1 accepted finding' : `${count} accepted findings`;
  return [{ where: 'baseline', path, ids: ['*'], reason, state: 'active' }];
}
