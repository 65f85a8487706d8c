// What the bench works on, by language: real files out of what the project installs to build and test itself.
// A language is added by a row; corpora for measuring quality are never among the files.

export interface Subject {
  readonly language: string;
  /** About so many lines, and a file below node_modules that has them. */
  readonly typed: readonly (readonly [lines: number, file: string])[];
  /** What is typed at the end of a line that opens a block: broken most of the time and whole at the end. */
  readonly text: string;
  /** Ends of lines behind which a statement may stand. */
  readonly place: RegExp;
}

export const SUBJECTS: readonly Subject[] = [
  {
    language: 'javascript',
    typed: [
      [300, 'vscode-languageserver/lib/node/main.js'],
      [2000, 'eslint/lib/rule-tester/rule-tester.js'],
      [10000, 'jszip/dist/jszip.js'],
    ],
    text: '\n  const typed = String(process.env.NAME);\n  console.log(`typed ${typed.trim()}`);\n',
    place: /\{[ \t]*(?=\r?\n)/g,
  },
];

/** The folder below node_modules whose scan is compared with the bare parse of its files. */
export const SCANNED = 'eslint/lib';
