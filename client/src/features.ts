// The features of the extension, in no particular order.
// To add one: a file beside this one (or a folder for a family) and a row here.

import { ai } from './ai/ai.ts';
import { basics } from './basics.ts';
import type { Feature } from './feature.ts';
import { findingsTree } from './tree.ts';
import { path } from './path.ts';
import { status } from './status.ts';
import { suppress } from './suppress.ts';

export const FEATURES: readonly Feature[] = [basics, status, suppress, findingsTree, path, ai];
