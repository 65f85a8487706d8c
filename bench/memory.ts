// The memory of a scan of many files, measured in a process of its own: started by bench.ts with a folder and a number,
// it scans so many of the folder's files, in the order of their paths, and prints its highest resident memory in bytes.

import { builtRules, createEngine } from '../server/src/engine/in-process.ts';
import { filesBelow } from './scan.ts';

const [folder, count] = process.argv.slice(2);
const engine = await createEngine(builtRules());
const files = filesBelow(folder!, Number(count));
if (files.length < Number(count)) throw new Error(`${folder} has ${files.length} files, ${count} are needed`);
let reports = 0;
for await (const it of engine.scan(files, { workers: 1 }, new AbortController().signal))
  if (it.type === 'report') reports++;
await engine.dispose();
if (reports < files.length) throw new Error(`${reports} reports of ${files.length} files`);
// The process's own count, in kilobytes; sampling could miss the peak.
console.log(process.resourceUsage().maxRSS * 1024);
