// The features of the extension, in no particular order.
// To add one: a file beside this one (or a folder for a family) and a row here.

import { ai } from './ai/ai.ts';
import { basics } from './basics.ts';
import { explain } from './explain.ts';
import type { Feature } from './feature.ts';
import { findingsTree } from './tree.ts';
import { pages } from './page.ts';
import { path } from './path.ts';
import { project } from './project.ts';
import { scan } from './scan.ts';
import { status } from './status.ts';
import { suppress } from './suppress.ts';
import { suppressions } from './suppressions.ts';
import { tabs } from './tabs.ts';
import { teach } from './teach.ts';

export const FEATURES: readonly Feature[] = [
  basics,
  status,
  findingsTree,
  path,
  explain,
  pages,
  scan,
  suppress,
  suppressions,
  tabs,
  teach,
  project,
  ai,
];
