// Compiles rule files into the plain data that index.ts answers from; used at build time and for a project's own models.
// A broken row is left out and reported, so that the rest of a file still works.

import { createBuilder, pack } from './compiled.ts';
import type { CompiledRules, ModelBuilder, Models } from './compiled.ts';
import { loadRuleFile } from './load.ts';
import type { LoadedFile, RuleFile } from './load.ts';
import type { CheckRole, Kind } from './schema.ts';
import type { Problem } from './yaml.ts';

export interface Compilation {
  readonly rules: CompiledRules;
  readonly problems: readonly Problem[];
}

/**
 * Compiles kinds and models together. `knownKinds` are kinds defined elsewhere that rows may name, e.g. the shipped
 * ones when a project's own models are compiled. Never throws.
 */
export function compileRules(files: readonly RuleFile[], knownKinds: readonly string[] = []): Compilation {
  const loaded = files.map(loadRuleFile);
  const problems = loaded.flatMap((it) => it.problems);
  const kinds = collectKinds(loaded, problems);
  const known = new Set([...knownKinds, ...kinds.keys(), '*']);
  const builders = new Map<string, ModelBuilder>();
  for (const file of loaded) {
    for (const use of file.kindUses) {
      // `%normalized` and the like are states of a value that flow/ knows, not kinds.
      if (known.has(use.kind) || use.kind.startsWith('%')) continue;
      problems.push({
        file: file.file,
        line: use.line,
        column: use.column,
        message: `no kind is called \`${use.kind}\``,
      });
    }
    if (file.rows.length === 0 && file.is.length === 0) continue;
    let builder = builders.get(file.language);
    if (builder === undefined) builders.set(file.language, (builder = createBuilder()));
    for (const it of file.is) builder.is(builder.node(it.from), builder.node(it.to));
    for (const path of file.named) builder.node(path);
    for (const row of file.rows) builder.use(builder.node(row.at), row.role);
  }
  const models: Record<string, Models> = {};
  for (const [language, builder] of builders) models[language] = builder.finish();
  return { rules: pack([...kinds.values()], models, collectChecks(loaded, problems)), problems };
}

function collectKinds(loaded: readonly LoadedFile[], problems: Problem[]): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  for (const file of loaded) {
    if (file.kind === undefined) continue;
    if (kinds.has(file.kind.kind)) {
      problems.push({
        file: file.file,
        line: 1,
        column: 1,
        message: `the kind \`${file.kind.kind}\` is defined twice`,
      });
    } else kinds.set(file.kind.kind, file.kind);
  }
  return kinds;
}

function collectChecks(loaded: readonly LoadedFile[], problems: Problem[]): CheckRole[] {
  const checks = new Map<string, CheckRole>();
  for (const { file, check } of loaded) {
    if (check === undefined) continue;
    if (checks.has(check.id))
      problems.push({ file, line: 1, column: 1, message: `the check \`${check.id}\` is defined twice` });
    else checks.set(check.id, check);
  }
  return [...checks.values()];
}

/** Problems as `file:line:column: message`, one a line. */
export function printProblems(problems: readonly Problem[]): string {
  return problems.map((it) => `${it.file}:${it.line}:${it.column}: ${it.message}`).join('\n');
}
