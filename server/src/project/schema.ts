// The JSON Schema of `.faultline/faultline.yaml`, for editors and other tools that complete and check YAML by schemas.
// Made from the tables that reading goes by, so that it allows what is read; the build writes it into dist/.

import { CHANGES, KEYS, PATH_KEYS, SUPPRESS_KEYS, type KeyInfo } from './config.ts';

/** The schema (draft 7). `ids` are the kinds and checks that rules can be called by. */
export function configSchema(ids: readonly string[]): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Faultline: what a repository decided about findings',
    type: 'object',
    additionalProperties: false,
    properties: described(KEYS, {
      exclude: TEXTS,
      maxFileSize: { type: 'number', exclusiveMinimum: 0 },
      rules: changes(ids),
      paths: {
        type: 'array',
        items: mapping(PATH_KEYS, ['files', 'rules'], { files: TEXTS, rules: changes(ids) }),
      },
      suppress: {
        type: 'array',
        items: mapping(SUPPRESS_KEYS, ['rule', 'files', 'reason'], {
          rule: textOrTexts({ enum: ['*', ...ids] }),
          files: TEXTS,
          until: { type: 'string', pattern: String.raw`^\d{4}-\d{2}-\d{2}$` },
          reason: { type: 'string' },
        }),
      },
    }),
  };
}

const textOrTexts = (one: object): object => ({ anyOf: [one, { type: 'array', items: one }] });
const TEXTS = textOrTexts({ type: 'string' });

/** What becomes of rules. YAML 1.1 reads `off` as false, and so do some readers of this schema. */
function changes(ids: readonly string[]): object {
  const change = { enum: [...CHANGES, false] };
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(['*', ...ids].map((id) => [id, change])),
  };
}

function mapping(keys: readonly KeyInfo[], required: readonly string[], types: Types): object {
  return { type: 'object', additionalProperties: false, required, properties: described(keys, types) };
}

type Types = Readonly<Record<string, object>>;

/** The properties of a table; a key whose type is not given takes one of its words. */
function described(keys: readonly KeyInfo[], types: Types): object {
  return Object.fromEntries(
    keys.map(({ key, about, values }) => [
      key,
      { description: about, ...(types[key] ?? { enum: wordsOf(values ?? []) }) },
    ]),
  );
}

const wordsOf = (values: readonly string[]): unknown[] =>
  values.flatMap((it): unknown[] => (it === 'on' ? [it, true] : it === 'off' ? [it, false] : [it]));
