// Types of package.mjs for tests.
// Written by hand, like common.d.mts.

export interface Package {
  readonly path: string;
  readonly bytes: number;
  readonly files: readonly string[];
}
export declare function makeVsix(): Promise<Package>;
export declare function packageProblems(result: Pick<Package, 'bytes' | 'files'>): string[];
export declare function vsixPath(): string;
