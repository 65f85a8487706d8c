// npm run bench -- verify: whether the verification accepts the fixes that projects made of their own flaws, and refuses
// changes that only look like fixes. Prints figures and, for every refused upstream fix, why.

import { builtRules, createEngine } from '../server/src/engine/in-process.ts';
import type { Engine, Finding, Report } from '../server/src/engine/engine.ts';
import { languageOf } from '../server/src/syntax/language.ts';
import { type ChangedFile, verifyChange } from '../server/src/verify/verify.ts';
import type { Verdict } from '../server/src/verify/verdict.ts';
import { type BadPatch, badPatches } from './verify-bad.ts';
import { type Pair, readPairs } from './verify-corpus.ts';

/** Findings of a pair that bad changes are made of. */
const SPOILED = 2;

/** Runs the bench over a folder of corpora. Throws if there are none. `only`: part of a pair's name. */
export async function verifyBench(corpora: string, only?: string): Promise<void> {
  const pairs = readPairs(corpora).filter((it) => only === undefined || it.name.includes(only));
  let flagged = 0;
  let accepted = 0;
  const bad = { total: 0, accepted: 0 };
  const byHow = new Map<string, number>();
  for (const pair of pairs) {
    const engine = await engineFor(pair.vulnerable);
    const findings = reportsOf(engine, pair.vulnerable).filter(pair.isLabelled);
    const asked = remembering(engine, pair.vulnerable);
    if (findings.length > 0) {
      flagged++;
      const upstream = changes(pair.vulnerable, pair.patched);
      const verdicts: [Finding, Verdict][] = [];
      for (const it of findings) verdicts.push([it, await verifyChange(asked, it, upstream)]);
      const good = verdicts.filter(([, it]) => it.accepted);
      if (good.length > 0) accepted++;
      console.log(`${pair.name}: ${good.length > 0 ? 'accepted' : 'refused'}`);
      for (const [finding, verdict] of verdicts) console.log(`  ${placeOf(finding)}: ${wordsOf(verdict)}`);
      for (const it of badPatches(
        findings.slice(0, SPOILED),
        pair.vulnerable,
        good.length > 0 ? pair.patched : undefined,
      ))
        await tryBad(asked, pair, it);
    }
    await engine.dispose();
  }
  console.log(`bad changes by kind: ${[...byHow].map(([how, count]) => `${how} ${count}`).join(', ')}`);
  const rate = flagged === 0 ? 0 : (100 * accepted) / flagged;
  console.log(`bench: verify.upstream.total = ${flagged}`);
  console.log(`bench: verify.upstream.accepted = ${rate.toFixed(1)} %`);
  console.log(`bench: verify.bad.accepted = ${bad.accepted} of ${bad.total}`);

  async function tryBad(engine: Pick<Engine, 'whatIf'>, pair: Pair, patch: BadPatch): Promise<void> {
    const verdict = await verifyChange(engine, patch.finding, changes(pair.vulnerable, patch.texts));
    bad.total++;
    byHow.set(patch.how, (byHow.get(patch.how) ?? 0) + 1);
    if (!verdict.accepted) return;
    bad.accepted++;
    console.log(`  BAD CHANGE ACCEPTED (${patch.how}) ${placeOf(patch.finding)}: ${verdict.text}`);
  }
}

async function engineFor(texts: ReadonlyMap<string, string>): Promise<Engine> {
  const engine = await createEngine(builtRules());
  for (const [uri, text] of texts) engine.disk(uri, languageOf(uri) ?? 'json', text);
  await engine.quiet();
  return engine;
}

/** The engine, with its answers about the texts as they are kept: every change is compared with them. */
function remembering(engine: Engine, texts: ReadonlyMap<string, string>): Pick<Engine, 'whatIf'> {
  const known = new Map<string, Promise<readonly Report[]>>();
  return {
    whatIf(overlay, question) {
      if (overlay.some((it) => it.text !== texts.get(it.uri))) return engine.whatIf!(overlay, question);
      const key = JSON.stringify([overlay.map((it) => it.uri), question]);
      const answer = known.get(key) ?? engine.whatIf!(overlay, question);
      known.set(key, answer);
      return answer;
    },
  };
}

function reportsOf(engine: Engine, texts: ReadonlyMap<string, string>): Finding[] {
  return [...texts.keys()].sort().flatMap((uri) => engine.report(uri)?.findings ?? []);
}

function changes(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): ChangedFile[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((uri) => ({ uri, before: before.get(uri), after: after.get(uri) }))
    .filter((it) => it.before !== it.after);
}

const placeOf = (it: Finding): string =>
  `${it.rule} at ${it.uri.replace(/^file:\/\/\/[^/]+\//, '')}:${it.range.start.line + 1} (${it.sink})`;
const wordsOf = (it: Verdict): string =>
  it.accepted
    ? `accepted, ${it.text}`
    : `refused, ${it.objections.map((x) => `[${x.code}] ${x.text}`).join(' ')}`;
