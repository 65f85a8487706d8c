// The purse and the memory: both are files that may be missing, damaged or left behind by a crash.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBudget } from '../../server/src/llm/budget.ts';
import { cacheKey, createCache } from '../../server/src/llm/cache.ts';
import { LlmFailure } from '../../server/src/llm/provider.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-ai-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('budget', () => {
  const limits = () => ({ day: 1000, session: 600 });
  const make = (day = '2026-11-24') => createBudget(join(folder, 'used.json'), limits, () => day);
  const codeOf = (work: () => unknown): string => {
    try {
      work();
      return 'ok';
    } catch (error) {
      return (error as LlmFailure).code;
    }
  };
  test('is reserved before and settled after', () => {
    const budget = make();
    const one = budget.reserve(400);
    expect(codeOf(() => budget.reserve(300))).toBe('budget');
    one.settle({ input: 100, output: 20 });
    one.settle({ input: 100, output: 20 });
    expect(budget.counter()).toMatchObject({ today: 120, session: 120 });
    expect(codeOf(() => budget.reserve(480))).toBe('ok');
  });
  test('holds over sessions, ends with the day, and counts what a crash left open', () => {
    make().reserve(500).settle({ input: 500, output: 0 });
    expect(make().counter()).toMatchObject({ today: 500, session: 0 });
    make().reserve(450);
    expect(codeOf(() => make().reserve(100))).toBe('budget');
    expect(codeOf(() => make('2026-11-25').reserve(100))).toBe('ok');
  });
  test('a damaged book is an empty one', () => {
    writeFileSync(join(folder, 'used.json'), '{"day":');
    expect(make().counter().today).toBe(0);
  });
});

describe('cache', () => {
  const parts = { kind: 'explain', rule: 'sql', prompt: 1, provider: 'p m', user: 'code' };
  test('another rule, prompt or model is another question; the order of parts is not', () => {
    const key = cacheKey(parts);
    expect(cacheKey({ user: 'code', provider: 'p m', prompt: 1, rule: 'sql', kind: 'explain' })).toBe(key);
    for (const it of [{ rule: 'html' }, { prompt: 2 }, { provider: 'p n' }, { user: 'code ' }])
      expect(cacheKey({ ...parts, ...it })).not.toBe(key);
  });
  test('answers stay, refusals a day, wrong forms an hour', () => {
    let now = 1_000_000_000_000;
    const cache = createCache(folder, () => now);
    const at = now;
    cache.put('a', { answer: 1, model: 'm', at });
    cache.put('r', { why: 'refusal', model: 'm', at });
    cache.put('f', { why: 'form', model: 'm', at });
    now += 2 * 3_600_000;
    const again = createCache(folder, () => now);
    expect(['a', 'r', 'f'].map((it) => again.get(it)?.at)).toEqual([at, at, undefined]);
    now += 23 * 3_600_000;
    expect(['a', 'r'].map((it) => again.get(it)?.at)).toEqual([at, undefined]);
  });
  test('damaged, swapped and cleared files are no answers', () => {
    const cache = createCache(folder, () => 0);
    cache.put('a', { answer: 1, model: 'm', at: 0 });
    cache.put('b', { answer: 2, model: 'm', at: 0 });
    writeFileSync(join(folder, 'a.json'), '{');
    writeFileSync(join(folder, 'c.json'), JSON.stringify({ answer: 3, model: 'm', at: 0, key: 'b' }));
    const again = createCache(folder, () => 0);
    expect(['a', 'b', 'c'].map((it) => again.get(it)?.answer)).toEqual([undefined, 2, undefined]);
    again.clear();
    expect(() => readdirSync(folder)).toThrow();
    expect(again.get('b')).toBeUndefined();
  });
});
