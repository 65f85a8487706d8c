// The words of the server in the reader's language: the same bundle that the extension uses, handed over at the start.
// English is the key; a message that is not translated is shown as it is written in the code.

let bundle: Readonly<Record<string, string>> = {};

/** Takes the bundle that the client gave (`l10n.bundle` in VS Code); anything else means English. */
export function useWords(words: unknown): void {
  const isBundle = typeof words === 'object' && words !== null && !Array.isArray(words);
  bundle = isBundle ? (words as Record<string, string>) : {};
}

export const l10n = {
  /** The message in the reader's language, with `{0}`, `{1}` … replaced. */
  t(message: string, ...args: readonly (string | number)[]): string {
    const words = bundle[message];
    const text = typeof words === 'string' ? words : message;
    return text.replace(/\{(\d+)\}/g, (hole, index: string) => String(args[Number(index)] ?? hole));
  },
};
