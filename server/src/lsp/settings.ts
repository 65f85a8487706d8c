// The settings of the editor: read, checked, and replaced by their defaults where they have the wrong type.
// A wrong value gives one message that names the setting, what it must be and what it is.

import type { EngineSettings } from '../engine/engine.ts';
import { CHANGES, type Change } from '../project/config.ts';

export interface Settings {
  readonly enable: boolean;
  readonly run: 'onType' | 'onSave';
  /** Globs relative to the workspace folder. */
  readonly exclude: readonly string[];
  /** Bytes. */
  readonly maxFileSize: number;
  readonly libraryMode: EngineSettings['libraryMode'];
  readonly minimumConfidence: 'low' | 'medium' | 'high';
  readonly minimumSeverity: 'info' | 'warning' | 'error';
  /** Rules switched off or given another severity, by kind or check id. */
  readonly rules: Readonly<Record<string, Change>>;
  /** The same for some files. */
  readonly paths: readonly PathRules[];
  readonly indexWorkspace: boolean;
  readonly workers: number;
}

export interface PathRules {
  readonly files: readonly string[];
  readonly rules: Readonly<Record<string, Change>>;
}

export const DEFAULTS: Settings = {
  enable: true,
  run: 'onType',
  exclude: [],
  maxFileSize: 1024 * 1024,
  libraryMode: 'auto',
  minimumConfidence: 'low',
  minimumSeverity: 'info',
  rules: {},
  paths: [],
  indexWorkspace: true,
  workers: 2,
};

interface Spec<T> {
  /** Path below `faultline`. */
  readonly name: string;
  readonly expects: string;
  /** The value in our units, undefined if it is not one. */
  read(value: unknown): T | undefined;
}
const SPECS: { readonly [K in keyof Settings]: Spec<Settings[K]> } = {
  enable: { name: 'enable', expects: 'true or false', read: boolean },
  run: oneOf('run', ['onType', 'onSave']),
  exclude: { name: 'exclude', expects: 'a list of globs', read: globs },
  maxFileSize: { name: 'maxFileSize', expects: 'a number of kilobytes above 0', read: kilobytes },
  libraryMode: oneOf('libraryMode', ['auto', 'on', 'off']),
  minimumConfidence: oneOf('minimumConfidence', ['low', 'medium', 'high']),
  minimumSeverity: oneOf('minimumSeverity', ['info', 'warning', 'error']),
  rules: { name: 'rules', expects: `an object of rules and ${CHANGES.join(', ')}`, read: changes },
  paths: { name: 'paths', expects: 'a list of objects with `files` and `rules`', read: pathRules },
  indexWorkspace: { name: 'indexWorkspace', expects: 'true or false', read: boolean },
  workers: { name: 'scan.workers', expects: 'a whole number from 1 to 4', read: workers },
};

/**
 * Reads the `faultline` section as the editor gives it: nested, or with dotted keys.
 * Missing and null values are the defaults. `problems` are sentences for the person who wrote them.
 */
export function readSettings(section: unknown): {
  readonly settings: Settings;
  readonly problems: readonly string[];
} {
  if (section === undefined || section === null) return { settings: DEFAULTS, problems: [] };
  if (typeof section !== 'object' || Array.isArray(section)) {
    return {
      settings: DEFAULTS,
      problems: [`The settings under \`faultline\` must be an object, not ${show(section)}.`],
    };
  }
  const problems: string[] = [];
  const settings = Object.fromEntries(
    Object.entries(SPECS).map(([key, spec]) => {
      const fallback = DEFAULTS[key as keyof Settings];
      const value = lookUp(section as Record<string, unknown>, spec.name);
      if (value === undefined || value === null) return [key, fallback];
      const read = (spec as Spec<unknown>).read(value);
      if (read !== undefined) return [key, read];
      problems.push(
        `faultline.${spec.name} must be ${spec.expects}, not ${show(value)}; using ${show(shown(key, fallback))}.`,
      );
      return [key, fallback];
    }),
  ) as unknown as Settings;
  return { settings, problems };
}

function lookUp(section: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(section, name)) return section[name];
  let value: unknown = section;
  for (const key of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function oneOf<T extends string>(name: string, words: readonly T[]): Spec<T> {
  return {
    name,
    expects: `one of ${words.map((word) => `"${word}"`).join(', ')}`,
    read: (value) => words.find((word) => word === value),
  };
}

function boolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function globs(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((it) => typeof it === 'string')
    ? (value as string[])
    : undefined;
}

function changes(value: unknown): Readonly<Record<string, Change>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.values(value).every((it) => CHANGES.includes(it as Change))
    ? (value as Record<string, Change>)
    : undefined;
}

function pathRules(value: unknown): readonly PathRules[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const good = value.every((it) => {
    const { files, rules } = (it ?? {}) as Record<string, unknown>;
    return globs(files) !== undefined && changes(rules) !== undefined;
  });
  return good ? (value as PathRules[]) : undefined;
}

function kilobytes(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value * 1024 : undefined;
}

function workers(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 4
    ? (value as number)
    : undefined;
}

/** A default in the units of the setting, not ours. */
function shown(key: string, value: unknown): unknown {
  return key === 'maxFileSize' ? (value as number) / 1024 : value;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
