// The fixers for Python by rule, in the order in which they are offered.

import type { Fixer } from '../fix.ts';
import {
  checkCertificates,
  createAtOnce,
  defuse,
  literalsOnly,
  loadSafely,
  readAsJson,
  readFromEnvironment,
  refuseUnknownHosts,
  strongHash,
  unpredictable,
} from './calls.ts';
import { escapeHoles, formatMarkup, passToTemplate } from './html.ts';
import { flipSetting, OPTION_FIXERS } from './options.ts';
import { keepBaseName, keepInside, sendFromFolder } from './path.ts';
import { avoidShell } from './shell.ts';
import { parameterise } from './sql.ts';
import { compareAsValue, keepOnLine, matchAsText } from './values.ts';

const OWN: Readonly<Record<string, readonly Fixer[]>> = {
  sql: [parameterise],
  shell: [avoidShell],
  'shell-command': [avoidShell],
  path: [sendFromFolder, keepInside, keepBaseName],
  'zip-slip': [keepInside],
  html: [formatMarkup, escapeHoles],
  template: [passToTemplate],
  nosql: [compareAsValue],
  'regex-injection': [matchAsText],
  log: [keepOnLine],
  code: [literalsOnly],
  deserialize: [loadSafely, readAsJson],
  'unsafe-loader': [loadSafely, readAsJson],
  'weak-hash': [strongHash],
  'weak-random': [unpredictable],
  'insecure-temp-file': [createAtOnce],
  xml: [defuse],
  'xml-entities': [defuse],
  'tls-unverified': [checkCertificates, flipSetting],
  'host-key-unverified': [refuseUnknownHosts],
  'hardcoded-secret': [readFromEnvironment],
  'debug-server': [flipSetting],
  'cookie-insecure': [flipSetting],
  'cookie-script-readable': [flipSetting],
  'cors-any-origin': [flipSetting],
};

export const PYTHON: Readonly<Record<string, readonly Fixer[]>> = Object.fromEntries(
  [...new Set([...Object.keys(OWN), ...Object.keys(OPTION_FIXERS)])].map((rule) => [
    rule,
    [...(OPTION_FIXERS[rule] ?? []), ...(OWN[rule] ?? [])],
  ]),
);
