// A string that code builds from literal text and holes, read piece by piece, whatever the language writes for it.
// Each piece knows where it stands, so that a hole can be taken out and the text around it kept as it was written.

import type { Node } from '../syntax/arena.ts';

export type Piece = TextPiece | HolePiece;
export interface TextPiece {
  readonly kind: 'text';
  /** The characters between the delimiters as written, escapes and all. */
  readonly raw: string;
  /** Offsets of `raw`. */
  readonly start: number;
  readonly end: number;
  /** The delimiter at its end: `"`, `'`, `` ` ``, `"""`. */
  readonly quote: string;
  /** Of one template all pieces have the same node. */
  readonly node: Node;
}
export interface HolePiece {
  readonly kind: 'hole';
  readonly node: Node;
  /** What disappears with the hole: `${x}` in a template, the expression itself in a concatenation. */
  readonly start: number;
  readonly end: number;
  readonly inTemplate: boolean;
}

/** A hole between its neighbours, with how many characters of each neighbour go with it. */
export interface Removal {
  readonly hole: HolePiece;
  readonly before: TextPiece;
  readonly after: TextPiece | undefined;
  readonly cutBefore: number;
  readonly cutAfter: number;
  /** Stands in its place, without delimiters. */
  readonly put: string;
}
