// Types of common.mjs for the TypeScript files of the test host.
// Written by hand because common.mjs must run on a bare Node, before anything is installed.

export declare const ROOT: string;
export declare const CACHE: string;
export declare const ARTIFACTS: string;
export declare function inRoot(...parts: string[]): string;
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly show?: boolean;
}
export declare function run(
  program: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<{ code: number; text: string }>;
export declare function node(
  args: readonly string[],
  options?: RunOptions,
): Promise<{ code: number; text: string }>;
export declare function isMain(url: string): boolean;
export declare function fail(message: string): never;
