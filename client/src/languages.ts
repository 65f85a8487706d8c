// The documents that Faultline looks at: these languages, on disk, not yet saved, or in a virtual workspace.
// The same languages stand in package.json (activationEvents); a test compares them.

import type { DocumentFilter } from 'vscode';

export const LANGUAGES = [
  'javascript',
  'javascriptreact',
  'typescript',
  'typescriptreact',
  'python',
] as const;
const SCHEMES = ['file', 'untitled', 'vscode-vfs', 'vscode-test-web'] as const;

export const selector: { scheme: string; language: string }[] & DocumentFilter[] = SCHEMES.flatMap((scheme) =>
  LANGUAGES.map((language) => ({ scheme, language })),
);
