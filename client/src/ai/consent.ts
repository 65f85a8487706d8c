// What a person has allowed: settings of the machine, consent for a folder, a key. The server asks here before every request;
// a workspace can change none of it, and one that is not trusted gets nothing.

import { l10n, window, workspace, type ExtensionContext, type Uri } from 'vscode';
import type { AiKind, Permission } from '../../../server/src/lsp/protocol-ai.ts';

export interface AiSettings {
  readonly provider: 'anthropic' | 'editor';
  readonly endpoint: string;
  readonly models: Readonly<Record<AiKind, string>>;
  readonly perDay: number;
  readonly perSession: number;
  readonly prefetch: boolean;
  readonly exclude: readonly string[];
}
const KEY = 'faultline.anthropic.key';
const CONSENT = 'faultline.ai.consent';

/** The settings of the machine; what a workspace says is not even read. */
export function aiSettings(): AiSettings {
  const section = workspace.getConfiguration('faultline.ai');
  const read = <T>(name: string): T => {
    const it = section.inspect<T>(name);
    return (it?.globalValue ?? it?.defaultValue) as T;
  };
  return {
    provider: read('provider'),
    endpoint: read('endpoint'),
    models: { explain: read('model.explain'), fix: read('model.fix'), opinion: read('model.opinion') },
    perDay: read('budget.perDay'),
    perSession: read('budget.perSession'),
    prefetch: read('prefetchOnHover'),
    exclude: globsOf(read('exclude')),
  };
}

/** Somebody has set the AI features up: only then do they show themselves. */
export async function isSetUp(context: ExtensionContext): Promise<boolean> {
  if (!workspace.isTrusted) return false;
  return aiSettings().provider === 'editor' || (await keyOf(context)) !== undefined;
}
export const keyOf = async (context: ExtensionContext): Promise<string | undefined> =>
  (await context.secrets.get(KEY)) || undefined;

/** Asks for the key and keeps it in the editor's store for secrets. An empty answer takes it away. */
export async function askKey(context: ExtensionContext): Promise<void> {
  const key = await window.showInputBox({
    title: l10n.t('API key for {0}', aiSettings().endpoint),
    prompt: l10n.t('It is kept in the secret storage of VS Code. Leave it empty to remove the key.'),
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return;
  if (key.trim() === '') await context.secrets.delete(KEY);
  else await context.secrets.store(KEY, key.trim());
}

/** What the server is told when it asks whether something of these files may be sent. Shows nothing. */
export function permissionFor(context: ExtensionContext, uris: readonly Uri[], sends = true): Permission {
  const no = (detail: string): Permission => ({ allowed: false, code: 'consent', detail });
  if (!workspace.isTrusted) return no(l10n.t('Nothing is sent from a workspace that is not trusted.'));
  const settings = aiSettings();
  for (const uri of uris) {
    const folder = workspace.getWorkspaceFolder(uri);
    if (folder === undefined) return no(l10n.t('Only code of files in the workspace is sent.'));
    if (sends && consents(context)[folder.uri.toString()] !== termsOf(settings))
      return no(l10n.t('Nobody has agreed that code of the folder “{0}” is sent.', folder.name));
  }
  const { provider, endpoint, models, perDay, perSession, exclude } = settings;
  return { allowed: true, provider, endpoint, models, perDay, perSession, exclude };
}

/** Asks a person, once for a folder and what is set now. Gives whether it may go on. */
export async function ensureConsent(context: ExtensionContext, uri: Uri): Promise<boolean> {
  if (permissionFor(context, [uri]).allowed) return true;
  const folder = workspace.getWorkspaceFolder(uri);
  if (!workspace.isTrusted || folder === undefined) {
    void window.showWarningMessage(
      l10n.t('Nothing is sent from here: the workspace is not trusted, or the file is outside it.'),
    );
    return false;
  }
  const settings = aiSettings();
  if (settings.provider === 'anthropic' && (await keyOf(context)) === undefined) await askKey(context);
  if (settings.provider === 'anthropic' && (await keyOf(context)) === undefined) return false;
  const allow = l10n.t('Allow for This Folder');
  const { explain, fix, opinion } = settings.models;
  const where = settings.provider === 'editor' ? l10n.t('a language model of VS Code') : settings.endpoint;
  const answer = await window.showInformationMessage(
    l10n.t('Send code of “{0}” to {1}?', folder.name, where),
    {
      modal: true,
      detail: l10n.t(
        'Models: {0} explains, {1} proposes fixes, {2} gives second opinions.\n\nSent, each time you ask: the functions that a finding goes through and the imports they use, and what our rule says about it. Comments are blanked, secrets are replaced, paths and names of files are left out; .env and key files are never sent. The request says which operating system and Node version this is.\n\n“Show What Would Be Sent” shows every byte. Findings never depend on an answer.',
        ...[explain, fix, opinion].map((it) => it || l10n.t('the first one')),
      ),
    },
    allow,
  );
  if (answer !== allow) return false;
  await context.globalState.update(CONSENT, {
    ...consents(context),
    [folder.uri.toString()]: termsOf(settings),
  });
  return true;
}

/** Takes all consent back. */
export async function revoke(context: ExtensionContext): Promise<void> {
  await context.globalState.update(CONSENT, {});
}

const consents = (context: ExtensionContext): Readonly<Record<string, string>> =>
  context.globalState.get(CONSENT, {});
/** Consent is for this endpoint and these models; others are asked about again. */
const termsOf = (it: AiSettings): string => JSON.stringify([it.provider, it.endpoint, it.models]);

const globsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((it): it is string => typeof it === 'string') : [];
