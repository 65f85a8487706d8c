// What the verification of a change says: accepted with how the flow ended, or refused with every reason.
// Plain data; front doors print `text`, which quotes code of the analysed program and must be escaped.

/** How an accepted change ended the flow. */
export type Ended =
  | 'sanitised'
  | 'guarded'
  | 'anchored'
  | 'parameterised'
  | 'constant'
  | 'reconfigured'
  | 'sink-removed'
  | 'code-removed'
  /** There was no finding: nothing got worse. */
  | 'harmless';

export interface Objection {
  readonly code:
    /** The change itself. */
    | 'too-large'
    | 'declarations'
    | 'dependency'
    /** Its form. */
    | 'syntax'
    | 'removed-check'
    | 'swallowed-error'
    | 'suppression'
    | 'weakened'
    /** Its effect. */
    | 'not-analysed'
    | 'still-there'
    | 'new-finding'
    | 'unexplained'
    | 'goes-elsewhere';
  /** One sentence. */
  readonly text: string;
  readonly uri?: string;
  /** From 0. */
  readonly line?: number;
}

export type Verdict =
  | { readonly accepted: true; readonly ended: Ended; readonly text: string }
  | { readonly accepted: false; readonly objections: readonly Objection[] };

/** What the way a flow ended means, in words. */
export const ENDED: Readonly<Record<Ended, string>> = {
  sanitised: 'The data is made harmless on its way',
  guarded: 'The data is checked on its way',
  anchored: 'The data follows a fixed beginning that settles what it can reach',
  parameterised: 'The data is passed as a value beside constant code',
  constant: 'What arrives at the sink is constant now',
  reconfigured: 'The call is set up in such a way that it is no danger any more',
  'sink-removed': 'The dangerous call is gone, and nothing took its place',
  'code-removed': 'The data is not used there any more',
  harmless: 'No finding came with the change; that it helps is not proven',
};
