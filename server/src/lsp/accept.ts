// Accepting findings: one or all of the workspace go into `.faultline/baseline.json`; and suppressing a rule by path.
// What is accepted is still known: it is shown as a hint, listed, and found again when it changes.

import type { Finding } from '../engine/engine.ts';
import { readBaseline, writeBaseline, type BaselineEntry } from '../project/baseline.ts';
import { BASELINE_FILE, CONFIG_FILE } from '../project/folder.ts';
import { relativeTo } from '../project/policy.ts';
import type { ServerCommand } from './commands.ts';
import { l10n } from './l10n.ts';
import {
  ACCEPT_SERVER_COMMAND,
  SUPPRESS_PATH_SERVER_COMMAND,
  type AcceptArguments,
  type SuppressPathArguments,
} from './protocol-project.ts';
import { changeProjectFile, projectRoot, withEntry, withValue } from './projectWrite.ts';
import { Refusal } from './refusal.ts';
import { scanWorkspace } from './scan.ts';
import { shownNow } from './findingsFeed.ts';
import { canonical, uriOf } from './uris.ts';

const HEAD =
  '# What this repository decided about the findings of Faultline; editor, command line and CI obey it.\n';

export const acceptCommand: ServerCommand = {
  id: ACCEPT_SERVER_COMMAND,
  async run(state, { argument, token, progress }) {
    const { finding: ref } = (argument ?? {}) as AcceptArguments;
    if (ref === undefined) {
      const { summary } = await scanWorkspace(state, token, progress, { quiet: true });
      if (summary.cancelled) throw new Refusal(l10n.t('The scan was cancelled, so nothing was accepted.'));
    }
    const uris = ref === undefined ? [...state.closed.keys()] : [canonical(ref.uri)];
    const byRoot = new Map<string, BaselineEntry[]>();
    for (const uri of uris)
      for (const finding of shownNow(state, uri)?.findings ?? []) {
        if (ref !== undefined && finding.fingerprint !== ref.fingerprint) continue;
        const root = projectRoot(state, uri);
        byRoot.set(root, [...(byRoot.get(root) ?? []), entryOf(finding, root)]);
      }
    for (const [root, entries] of byRoot)
      await changeProjectFile(state, root, [BASELINE_FILE], (text) =>
        writeBaseline(
          readBaseline(text ?? '{"schema":1,"findings":[]}', () => true).baseline.entries,
          entries,
        ),
      );
    const accepted = [...byRoot.values()].reduce((sum, it) => sum + it.length, 0);
    if (accepted === 0) throw new Refusal(l10n.t('There was no finding to accept.'));
    return { accepted };
  },
};

function entryOf(finding: Finding, root: string): BaselineEntry {
  const file = relativeTo(uriOf(root).replace(/\/$/, ''), finding.uri) ?? finding.uri;
  return { file, rule: finding.rule, fingerprint: finding.fingerprint, message: finding.message };
}

export const suppressPathCommand: ServerCommand = {
  id: SUPPRESS_PATH_SERVER_COMMAND,
  async run(state, { argument }) {
    const args = argument as SuppressPathArguments | undefined;
    if (typeof args?.uri !== 'string' || typeof args.rule !== 'string')
      throw new Refusal(l10n.t('Nothing was named that could be suppressed.'));
    const uri = canonical(args.uri);
    const root = projectRoot(state, uri);
    const file = relativeTo(uriOf(root).replace(/\/$/, ''), uri);
    if (file === undefined) throw new Refusal(l10n.t('The file does not lie in the folder of the project.'));
    const change = (text: string | undefined): string => {
      if (args.scope === 'off') return withValue(text, HEAD, ['rules', args.rule], 'off');
      const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '**';
      const glob = escapeGlob(args.scope === 'folder' ? folder : file, args.scope);
      const until = args.until === undefined ? {} : { until: args.until };
      const reason = args.reason.trim() || l10n.t('no reason given');
      return withEntry(text, HEAD, 'suppress', { rule: args.rule, files: [glob], ...until, reason });
    };
    const written = await changeProjectFile(state, root, [CONFIG_FILE], change);
    return { uri: state.uris.toClient(written) };
  },
};

/** A path as a glob for itself: from the root, with characters that mean something escaped. */
function escapeGlob(path: string, scope: 'file' | 'folder'): string {
  if (path === '**') return path;
  const plain = path.replace(/[\\*?[\]{}()!+@]/g, '\\$&');
  return scope === 'folder' ? `${plain}/**` : plain.includes('/') ? plain : `/${plain}`;
}
