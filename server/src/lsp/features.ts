// What runs on top of results being shown: one list, one row for each feature.
// A feature hangs itself into `state.onShown` or `state.onFixes` and keeps its own data, so that features need not know each other.

import type { Uri } from '../engine/engine.ts';
import { aiFeatures } from './ai.ts';
import { tellFindings } from './findingsFeed.ts';
import { confirmSoon } from './fixes.ts';
import type { State } from './state.ts';

export type Feature = (state: State) => void;

export const FEATURES: readonly Feature[] = [
  (state) => {
    const tell = (uri: Uri): void => tellFindings(state, uri);
    state.onShown.push(tell);
    state.onFixes.push(tell);
  },
  (state) => void state.onShown.push((uri) => confirmSoon(state, uri)),
  aiFeatures,
];
