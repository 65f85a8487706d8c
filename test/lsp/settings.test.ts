// Settings as editors give them: nested, dotted, missing, and with every wrong type.

import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { DEFAULTS, readSettings } from '../../server/src/lsp/settings.ts';
import { LANGUAGES } from '../../client/src/languages.ts';

test('nothing gives the defaults', () => {
  for (const section of [undefined, null, {}, { run: null, unknown: 1 }]) {
    expect(readSettings(section)).toEqual({ settings: DEFAULTS, problems: [] });
  }
});

test('good values are taken, nested or dotted', () => {
  const good = { enable: false, run: 'onSave', exclude: ['a/**'], maxFileSize: 2, libraryMode: 'on' };
  const { settings, problems } = readSettings({ ...good, scan: { workers: 4 } });
  expect(problems).toEqual([]);
  expect(settings).toMatchObject({
    enable: false,
    run: 'onSave',
    exclude: ['a/**'],
    maxFileSize: 2048,
    workers: 4,
  });
  expect(readSettings({ 'scan.workers': 3 }).settings.workers).toBe(3);
});

test.each([
  [{ enable: 'yes' }, 'faultline.enable must be true or false, not "yes"; using true.'],
  [{ run: 'always' }, 'faultline.run must be one of "onType", "onSave", not "always"; using "onType".'],
  [{ exclude: 'a' }, 'faultline.exclude must be a list of globs, not "a"; using [].'],
  [{ exclude: [1] }, 'faultline.exclude must be a list of globs, not [1]; using [].'],
  [{ maxFileSize: '1' }, 'faultline.maxFileSize must be a number of kilobytes above 0, not "1"; using 1024.'],
  [{ maxFileSize: 0 }, 'faultline.maxFileSize must be a number of kilobytes above 0, not 0; using 1024.'],
  [{ scan: { workers: 9 } }, 'faultline.scan.workers must be a whole number from 1 to 4, not 9; using 2.'],
  [{ scan: 3 }, undefined],
  ['text', 'The settings under `faultline` must be an object, not "text".'],
  [[1], 'The settings under `faultline` must be an object, not [1].'],
])('%j', (section, message) => {
  const { settings, problems } = readSettings(section);
  expect(settings).toEqual(DEFAULTS);
  expect(problems).toEqual(message === undefined ? [] : [message]);
});

test('the manifest offers exactly these settings with these defaults, and activates for the languages served', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    activationEvents: string[];
    contributes: { configuration: { properties: Record<string, { default: unknown }> } };
  };
  const offered = Object.entries(manifest.contributes.configuration.properties)
    .filter(([name]) => name !== 'faultline.trace.server' && !name.startsWith('faultline.ai.'))
    .map(([name, it]): [string, unknown] => [name.replace('faultline.', ''), it.default]);
  expect(readSettings(Object.fromEntries(offered))).toEqual({ settings: DEFAULTS, problems: [] });
  expect(offered).toHaveLength(Object.keys(DEFAULTS).length);
  expect(manifest.activationEvents).toEqual(LANGUAGES.map((it) => `onLanguage:${it}`));
});
