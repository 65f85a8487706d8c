// Scans of a part of the workspace, and reports of the whole as a file.
// What has changed is asked of VS Code's own git extension; without git there is nothing to compare with, and that is said.

import { commands, extensions, l10n, Uri, window, workspace } from 'vscode';
import { SCAN_COMMAND } from '../../server/src/lsp/protocol.ts';
import {
  EXPORT_COMMAND,
  EXPORT_SERVER_COMMAND,
  SCAN_CHANGED_COMMAND,
  SCAN_OPEN_COMMAND,
  type ExportArguments,
  type ScanArguments,
} from '../../server/src/lsp/protocol-project.ts';
import { execute, executeWithProgress } from './ask.ts';
import type { Faultline, Feature } from './feature.ts';

export const scan: Feature = (it) => [
  commands.registerCommand(SCAN_CHANGED_COMMAND, () => scanChanged(it)),
  commands.registerCommand(SCAN_OPEN_COMMAND, () =>
    execute(it.client, SCAN_COMMAND, { scope: 'open' } satisfies ScanArguments),
  ),
  commands.registerCommand(EXPORT_COMMAND, (target: unknown) => exportReport(it, target)),
];

/** What we use of the API of VS Code's git extension. */
interface GitApi {
  readonly repositories: readonly {
    readonly state: Readonly<
      Record<
        'workingTreeChanges' | 'indexChanges' | 'untrackedChanges' | 'mergeChanges',
        Change[] | undefined
      >
    >;
  }[];
}
interface Change {
  readonly uri: Uri;
}

async function scanChanged({ client }: Faultline): Promise<void> {
  const git = extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
  let repositories: GitApi['repositories'] = [];
  try {
    repositories = (await git?.activate())?.getAPI(1).repositories ?? [];
  } catch {
    // Git is switched off or not installed.
  }
  if (repositories.length === 0) {
    void window.showInformationMessage(
      l10n.t('There is no git repository here to compare with, so it is not known what has changed.'),
    );
    return;
  }
  const changed = repositories.flatMap(({ state }) =>
    [state.workingTreeChanges, state.indexChanges, state.untrackedChanges, state.mergeChanges].flatMap(
      (it) => it ?? [],
    ),
  );
  const uris = [...new Set(changed.map((it) => it.uri.toString()))];
  await execute(client, SCAN_COMMAND, { scope: 'changed', uris } satisfies ScanArguments);
}

const NAMES = { sarif: 'faultline.sarif', markdown: 'faultline.md', json: 'faultline.json' } as const;

/** `target` names format and file, for keys and tests; else the person is asked. */
async function exportReport({ client }: Faultline, target: unknown): Promise<void> {
  const given = (target ?? {}) as { format?: ExportArguments['format']; uri?: Uri };
  const format = given.format ?? (await askFormat());
  if (format === undefined) return;
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const defaultUri = folder && Uri.joinPath(folder, NAMES[format]);
  const uri = given.uri ?? (await window.showSaveDialog(defaultUri ? { defaultUri } : {}));
  if (uri === undefined) return;
  const title = l10n.t('Faultline: writing the report');
  const report = await executeWithProgress<{ text: string }>(client, title, EXPORT_SERVER_COMMAND, {
    format,
  });
  if (report === null) return;
  await workspace.fs.writeFile(uri, new TextEncoder().encode(report.text));
  if (given.uri === undefined) await window.showTextDocument(uri);
}

async function askFormat(): Promise<ExportArguments['format'] | undefined> {
  const rows = [
    { label: 'SARIF', description: l10n.t('for GitHub and other tools'), format: 'sarif' as const },
    { label: 'Markdown', description: l10n.t('for people'), format: 'markdown' as const },
    { label: 'JSON', description: l10n.t('for programs of your own'), format: 'json' as const },
  ];
  return (await window.showQuickPick(rows, { title: l10n.t('Export report') }))?.format;
}
