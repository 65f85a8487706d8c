// Types of build.mjs for tests.
// Written by hand, like common.d.mts.

export interface BuildOptions {
  readonly out?: string;
  readonly minify?: boolean;
  readonly write?: boolean;
}
/** esbuild's metafile of each bundle. */
export declare function build(options?: BuildOptions): Promise<readonly object[]>;
