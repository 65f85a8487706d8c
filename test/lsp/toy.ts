import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Engine, Finding, Report, Uri } from '../../server/src/engine/engine.ts';
import { ignoresOf } from '../../server/src/engine/ignores.ts';
import { initSyntax, parseText } from '../../server/src/syntax/parser.ts';

await initSyntax();
export function toyEngine(): Engine {
  const docs = new Map<Uri, TextDocument>();
  const disk = new Map<Uri, TextDocument>();
  const reports = new Map<Uri, Report>();
  const listeners: ((uri: Uri, report: Report) => void)[] = [];
  const analyse = (uri: Uri, doc: TextDocument, open: boolean): Report => {
    const text = doc.getText();
    const tree = parseText('javascript', text);
    const arena = tree.arena();
    const comments = [];
    for (let i = 0; i < arena.count; i++)
      if (arena.typeName(i) === 'comment') comments.push({ s: arena.start[i]!, e: arena.end[i]! });
    const findings: Finding[] = [...text.matchAll(/\.query\(("(?:[^"]*)" \+ req[\w.]*)/g)].map((m, i) => {
      const start = m.index + 7;
      const range = { start: doc.positionAt(start), end: doc.positionAt(start + m[1]!.length) };
      return {
        rule: 'sql',
        severity: 'error',
        confidence: 'high',
        cwe: [89],
        uri,
        range,
        message: `${m[1]} reaches query`,
        sink: 'mysql2.Connection#query',
        paths: [
          {
            source: 'req',
            steps: [
              { uri, range, text: 'req is read', role: 'source' },
              { uri, range, text: 'query', role: 'sink' },
            ],
          },
        ],
        fingerprint: `1:${i}`,
      };
    });
    const report: Report = {
      uri,
      ...(open && { version: doc.version }),
      status: 'analysed',
      reasons: tree.hasError() ? [{ code: 'syntax-error', text: 'line 1' }] : [],
      findings,
      lines: doc.lineCount,
      ignores: ignoresOf(arena, comments),
    };
    tree.delete();
    return report;
  };
  const run = (uri: Uri): void => {
    queueMicrotask(() => {
      const doc = docs.get(uri) ?? disk.get(uri);
      if (!doc) return void reports.delete(uri);
      const report = analyse(uri, doc, docs.has(uri));
      reports.set(uri, report);
      for (const it of listeners) it(uri, report);
    });
  };
  return {
    configure() {},
    open(doc) {
      docs.set(doc.uri, TextDocument.create(doc.uri, doc.languageId, doc.version, doc.text));
      run(doc.uri);
    },
    change(uri, version, edits) {
      docs.set(
        uri,
        TextDocument.update(
          docs.get(uri)!,
          edits.map((e) => (e.range ? { range: e.range, text: e.text } : { text: e.text })),
          version,
        ),
      );
      run(uri);
    },
    async save(uri) {
      await new Promise<void>((r) => setImmediate(r));
      const r = reports.get(uri);
      return r ? [r] : [];
    },
    close(uri) {
      docs.delete(uri);
      run(uri);
    },
    disk(uri, languageId, text) {
      if (text === undefined) disk.delete(uri);
      else disk.set(uri, TextDocument.create(uri, languageId, 0, text));
      if (!docs.has(uri)) run(uri);
    },
    report: (uri) => reports.get(uri),
    quiet: () => new Promise<void>((r) => setImmediate(r)),
    async *scan(files, _options, signal) {
      for (const [i, f] of files.entries()) {
        if (signal.aborted) return;
        disk.set(f.uri, TextDocument.create(f.uri, f.languageId, 0, f.text));
        const report = analyse(f.uri, docs.get(f.uri) ?? disk.get(f.uri)!, docs.has(f.uri));
        reports.set(f.uri, report);
        yield { type: 'report', report };
        yield { type: 'progress', done: i + 1, total: files.length, phase: 'analyse' };
      }
    },
    onChange(l) {
      listeners.push(l);
    },
    async whatIf(overlay) {
      return overlay.map((o) => analyse(o.uri, TextDocument.create(o.uri, 'javascript', 1, o.text), true));
    },
    counters: async () => ({ parsed: 0, lowered: 0, ran: 0, reused: 0 }),
    dispose: async () => undefined,
  };
}
