// The report as SARIF 2.1.0, for code scanning services and viewers.
// Paths are relative to %SRCROOT%, the scanned folder; what was not analysed stands in the invocation's notifications.

import { pathToFileURL } from 'node:url';
import type * as Sarif from 'sarif';
import type { Finding, Path, Range, Step } from '../engine/engine.ts';
import type { Confidence, Severity } from '../rules/schema.ts';
import { linesOfText } from './frame.ts';
import { jsonText } from './json-text.ts';
import { cweText, cweUrl, exitCodeOf, pathOf, plural, reasonText, relativePath, ruleUrl } from './result.ts';
import type { FileNote, RuleInfo, ScanResult } from './result.ts';

const ROOT = '%SRCROOT%';
const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};
// GitHub reads this figure as CVSS-like: 7 and above is high, 4 and above medium.
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = { error: '8.0', warning: '5.5', info: '3.0' };
const RANK: Readonly<Record<Confidence, number>> = { high: 90, medium: 60, low: 30 };
/** Snippets are for reading; a line of 100 KB is not. */
const LONGEST_SNIPPET = 1000;

/** Yields the text of the log in pieces. */
export function* sarifReport(result: ScanResult): Generator<string, void, undefined> {
  yield* jsonText(sarifOf(result), 4);
  yield '\n';
}

/** The log as plain data. */
export function sarifOf(result: ScanResult): Sarif.Log {
  const ctx = contextOf(result);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: driver(ctx) },
        invocations: [invocation(result)],
        originalUriBaseIds: {
          [ROOT]: { uri: folderUri(result.root), description: { text: 'The folder that was scanned.' } },
        },
        columnKind: 'utf16CodeUnits',
        artifacts: result.analysed.map((it) => ({
          location: artifact(result, it.path),
          roles: ['analysisTarget'],
        })),
        results: result.findings.map((it) => resultOf(ctx, it)),
        taxonomies: [taxonomy(ctx)],
      },
    ],
  };
}

interface Context {
  readonly result: ScanResult;
  readonly rules: readonly RuleInfo[];
  readonly ruleIndex: ReadonlyMap<string, number>;
  readonly cwes: readonly number[];
  /** Lines of the file that results are being made for: they come file by file. */
  linesOf: { readonly uri: string; readonly lines: readonly string[] } | undefined;
}

/** All loaded rules, also those that found nothing: a service closes alerts by them. Unknown ones are added. */
function contextOf(result: ScanResult): Context {
  const rules = new Map(result.rules);
  for (const it of result.findings) {
    if (rules.has(it.rule)) continue;
    rules.set(it.rule, {
      id: it.rule,
      severity: it.severity,
      cwe: it.cwe,
      title: it.rule,
      why: '',
      instead: '',
    });
  }
  const sorted = [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const cwes = new Set([...sorted.flatMap((it) => it.cwe), ...result.findings.flatMap((it) => it.cwe)]);
  return {
    result,
    rules: sorted,
    ruleIndex: new Map(sorted.map((it, i) => [it.id, i])),
    cwes: [...cwes].sort((a, b) => a - b),
    linesOf: undefined,
  };
}

function driver(ctx: Context): Sarif.ToolComponent {
  const { result } = ctx;
  const codes = new Set(notesOf(result).flatMap(([, , it]) => it.reasons.map((reason) => reason.code)));
  return {
    name: 'Faultline',
    version: result.version,
    semanticVersion: result.version,
    informationUri: 'https://github.com/faultline/faultline',
    rules: ctx.rules.map((it) => ruleOf(ctx, it)),
    supportedTaxonomies: [{ name: 'CWE', index: 0 }],
    notifications: [...codes, ...(result.unsupported.length > 0 ? ['unsupported' as const] : [])]
      .filter((it, i, all) => all.indexOf(it) === i)
      .sort()
      .map((code) => ({
        id: code,
        shortDescription: { text: `A file was not analysed completely: ${code}.` },
      })),
  };
}

function ruleOf(ctx: Context, it: RuleInfo): Sarif.ReportingDescriptor {
  const text = [it.why, it.instead].filter((part) => part !== '').join('\n\n') || it.title;
  const heading = (title: string, body: string): string[] => (body === '' ? [] : [`## ${title}\n\n${body}`]);
  const markdown = [`# ${it.title}`, ...heading('Why', it.why), ...heading('Instead', it.instead)];
  return {
    id: it.id,
    name: it.id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: it.title },
    fullDescription: { text: it.why || it.title },
    help: { text, markdown: `${markdown.join('\n\n')}\n` },
    helpUri: ruleUrl(it.id),
    defaultConfiguration: { level: LEVELS[it.severity] },
    properties: {
      tags: ['security', ...it.cwe.map((cwe) => `external/cwe/cwe-${String(cwe).padStart(3, '0')}`)],
      // Of the rule in general; how sure a single result is stands in its `rank` and `confidence`.
      precision: 'high',
      'problem.severity': it.severity === 'info' ? 'recommendation' : it.severity,
      'security-severity': SECURITY_SEVERITY[it.severity],
    },
    relationships: it.cwe.map((cwe) => ({ target: cweReference(ctx, cwe), kinds: ['superset'] })),
  };
}

function resultOf(ctx: Context, it: Finding): Sarif.Result {
  const { result } = ctx;
  const [best] = it.paths;
  const related = (best?.steps ?? []).filter((step) => step.role !== 'sink');
  return {
    ruleId: it.rule,
    ruleIndex: ctx.ruleIndex.get(it.rule) ?? -1,
    kind: 'fail',
    level: LEVELS[it.severity],
    rank: RANK[it.confidence],
    message: { text: it.message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifact(result, pathOf(it.uri)),
          region: { ...region(it.range), ...snippet(ctx, it) },
        },
      },
    ],
    ...(related.length > 0 && {
      relatedLocations: related.map((step, i) => ({ id: i + 1, ...stepLocation(result, step) })),
    }),
    ...(it.paths.length > 0 && { codeFlows: it.paths.map((path) => codeFlow(result, path)) }),
    partialFingerprints: { 'faultlineFingerprint/v1': it.fingerprint },
    taxa: it.cwe.map((cwe) => cweReference(ctx, cwe)),
    ...(it.suppressed && {
      suppressions: [
        {
          kind: it.suppressed.by === undefined ? ('inSource' as const) : ('external' as const),
          status: 'accepted' as const,
          ...(it.suppressed.reason !== '' && { justification: it.suppressed.reason }),
        },
      ],
    }),
    properties: { confidence: it.confidence, sink: it.sink },
  };
}

function codeFlow(result: ScanResult, path: Path): Sarif.CodeFlow {
  return {
    message: { text: `From ${path.source}.` },
    threadFlows: [
      {
        locations: path.steps.map((step, i) => ({
          location: stepLocation(result, step),
          executionOrder: i + 1,
          importance: step.role === 'step' ? ('important' as const) : ('essential' as const),
          kinds: step.role === 'step' ? ['taint'] : ['taint', step.role],
        })),
      },
    ],
  };
}

function stepLocation(result: ScanResult, step: Step): Sarif.Location {
  return {
    physicalLocation: {
      artifactLocation: artifact(result, pathOf(step.uri)),
      region: region(step.range),
    },
    message: { text: step.text },
  };
}

/** SARIF counts from 1, and its end column is that of the character after the region, as in the editor. */
function region({ start, end }: Range): Sarif.Region {
  return {
    startLine: start.line + 1,
    startColumn: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}

function snippet(ctx: Context, { uri, range }: Finding): Pick<Sarif.Region, 'snippet'> {
  if (ctx.linesOf?.uri !== uri) {
    const text = ctx.result.textOf(uri);
    if (text === undefined) return {};
    ctx.linesOf = { uri, lines: linesOfText(text) };
  }
  const lines = ctx.linesOf.lines.slice(range.start.line, range.end.line + 1);
  if (lines.length === 0) return {};
  lines[lines.length - 1] = lines[lines.length - 1]!.slice(0, range.end.character);
  lines[0] = lines[0]!.slice(range.start.character);
  const text = lines.join('\n');
  return text === '' || text.length > LONGEST_SNIPPET ? {} : { snippet: { text } };
}

function invocation(result: ScanResult): Sarif.Invocation {
  const end = new Date(result.startedAt.getTime() + result.seconds * 1000);
  return {
    executionSuccessful: result.failed.length === 0,
    exitCode: exitCodeOf(result),
    startTimeUtc: result.startedAt.toISOString(),
    endTimeUtc: end.toISOString(),
    workingDirectory: { uri: folderUri(process.cwd()) },
    toolExecutionNotifications: [
      ...notesOf(result).flatMap(([level, what, it]) => notifications(result, level, what, it)),
      ...result.unsupported.map(([extension, count]): Sarif.Notification => ({
        level: 'note',
        descriptor: { id: 'unsupported' },
        message: { text: `${plural(count, 'file')} of another kind not analysed: ${extension}.` },
      })),
      ...result.remarks.map((it): Sarif.Notification => ({
        level: 'note',
        message: { text: it.text },
        locations: [
          {
            physicalLocation: {
              artifactLocation: artifact(result, it.path),
              region: { startLine: it.line },
            },
          },
        ],
      })),
    ],
  };
}

type Note = readonly [Sarif.Notification.level, string, FileNote];

/** Everything that was not analysed completely, with how bad that is. */
function notesOf(result: ScanResult): readonly Note[] {
  return [
    ...result.failed.map((it): Note => ['error', 'Not analysed', it]),
    ...result.partial.map((it): Note => ['warning', 'Analysed in part', it]),
    ...result.skipped.map((it): Note => ['note', 'Skipped', it]),
  ];
}

function notifications(
  result: ScanResult,
  level: Sarif.Notification.level,
  what: string,
  it: FileNote,
): Sarif.Notification[] {
  const location = artifact(result, it.path, it.isFolder);
  return it.reasons.map((reason) => ({
    level,
    descriptor: { id: reason.code },
    message: { text: `${what}: ${reasonText([reason])}.` },
    locations: [{ physicalLocation: { artifactLocation: location } }],
  }));
}

function taxonomy(ctx: Context): Sarif.ToolComponent {
  return {
    name: 'CWE',
    organization: 'MITRE',
    informationUri: 'https://cwe.mitre.org/',
    shortDescription: { text: 'The MITRE Common Weakness Enumeration' },
    isComprehensive: false,
    taxa: ctx.cwes.map((cwe) => ({ id: String(cwe), name: cweText(cwe), helpUri: cweUrl(cwe) })),
  };
}

function cweReference(ctx: Context, cwe: number): Sarif.ReportingDescriptorReference {
  return { id: String(cwe), index: ctx.cwes.indexOf(cwe), toolComponent: { name: 'CWE', index: 0 } };
}

/** Below the root a relative reference; a path elsewhere (a step in another folder) stays an absolute URI. */
function artifact(result: ScanResult, path: string, isFolder = false): Sarif.ArtifactLocation {
  const inside = relativePath(result.root, path);
  if (inside === '..' || inside.startsWith('../') || /^[a-zA-Z]:/.test(inside)) {
    return { uri: isFolder ? folderUri(path) : pathToFileURL(path).href };
  }
  const uri = inside === '.' ? '' : inside.split('/').map(encodeURIComponent).join('/');
  return { uri: isFolder || inside === '.' ? `${uri || '.'}/` : uri, uriBaseId: ROOT };
}

/** A base URI must end in a slash, or its last part is replaced when a reference is resolved. */
function folderUri(path: string): string {
  const uri = pathToFileURL(path).href;
  return uri.endsWith('/') ? uri : `${uri}/`;
}
