// The documents that Faultline looks at: these languages, on disk, not yet saved, or in a virtual workspace.
// The same languages stand in package.json (activationEvents); a test compares them.

export const LANGUAGES = [
  'javascript',
  'javascriptreact',
  'typescript',
  'typescriptreact',
  'python',
] as const;
const SCHEMES = ['file', 'untitled', 'vscode-vfs', 'vscode-test-web'] as const;

export const selector: { scheme: string; language: string }[] = SCHEMES.flatMap((scheme) =>
  LANGUAGES.map((language) => ({ scheme, language })),
);

/** Files of a project's own folder: the server finds their mistakes and completes them. */
export const projectFiles: { scheme: string; pattern: string }[] = [
  { scheme: 'file', pattern: '**/.faultline/*.{yaml,yml}' },
  { scheme: 'file', pattern: '**/.faultline/models/**/*.{yaml,yml}' },
];
