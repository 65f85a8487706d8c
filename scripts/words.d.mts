// Types of words.mjs for tests.
// Written by hand, like common.d.mts.

export declare function messages(): string[];
