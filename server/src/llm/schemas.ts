// The forms of answers, as JSON schemas for the service and as checks of our own: the service's word for it is not taken.
// Closed objects, every property required, reasoning before verdict.

import type { Kind } from './provider.ts';

export interface Evidence {
  readonly line: number;
  readonly quote: string;
}
export interface Explanation {
  readonly summary: string;
  readonly path: readonly { readonly step_id: string; readonly what: string }[];
  readonly impact: string;
  readonly remedy: string;
  readonly evidence: readonly Evidence[];
  readonly suspected_injection: boolean;
}
export interface FixAnswer {
  readonly status: 'fixed' | 'cannot_fix_locally' | 'needs_owner_decision';
  readonly strategy: string;
  readonly edits: readonly {
    readonly file_id: string;
    readonly old_text: string;
    readonly new_text: string;
  }[];
  readonly imports: readonly { readonly file_id: string; readonly statement: string }[];
  readonly new_dependency: string | null;
  readonly behaviour_change: string | null;
  readonly why: string;
}
export interface Opinion {
  readonly reasoning: string;
  readonly source_attacker_controlled: 'yes' | 'no' | 'unknown';
  readonly path_feasible: 'yes' | 'no' | 'unknown';
  readonly mitigation: {
    readonly kind: string;
    readonly evidence: Evidence;
    readonly effective_for_sink: boolean;
  } | null;
  readonly verdict: 'likely_true' | 'likely_false' | 'unsure';
  readonly evidence: readonly Evidence[];
  readonly suspected_injection: boolean;
}
export interface Answers {
  readonly explain: Explanation;
  readonly fix: FixAnswer;
  readonly opinion: Opinion;
}

/** One description makes the schema that is sent and the check of what comes back. */
type Form =
  | { readonly f: 'text'; readonly most: number; readonly about: string; readonly nullable?: boolean }
  | { readonly f: 'flag' }
  | { readonly f: 'line' }
  | { readonly f: 'word'; readonly of: readonly string[] }
  | { readonly f: 'list'; readonly of: Form; readonly most: number }
  | { readonly f: 'record'; readonly of: Readonly<Record<string, Form>>; readonly nullable?: boolean };

const text = (most: number, about: string, nullable = false): Form => ({ f: 'text', most, about, nullable });
const evidence: Form = {
  f: 'record',
  of: { line: { f: 'line' }, quote: text(400, 'that line or part of it, verbatim') },
};
const list = (of: Form, most: number): Form => ({ f: 'list', of, most });

const FORMS: Readonly<Record<Kind, Form>> = {
  explain: {
    f: 'record',
    of: {
      summary: text(400, 'one sentence: what an attacker can do here'),
      path: list(
        { f: 'record', of: { step_id: text(8, 'id of a given step'), what: text(300, 'one clause') } },
        40,
      ),
      impact: text(600, 'consequence for this application, at most two sentences'),
      remedy: text(600, 'what to change, in words, at most two sentences'),
      evidence: list(evidence, 20),
      suspected_injection: { f: 'flag' },
    },
  },
  fix: {
    f: 'record',
    of: {
      status: { f: 'word', of: ['fixed', 'cannot_fix_locally', 'needs_owner_decision'] },
      strategy: text(120, 'name of the mitigation'),
      edits: list(
        {
          f: 'record',
          of: {
            file_id: text(8, 'id of a given file'),
            old_text: text(4000, 'exact text of the file as given; must occur once'),
            new_text: text(6000, 'replacement'),
          },
        },
        1000,
      ),
      imports: list(
        {
          f: 'record',
          of: { file_id: text(8, 'id of a given file'), statement: text(200, 'one import statement to add') },
        },
        8,
      ),
      new_dependency: text(100, 'package that the project lacks; null normally', true),
      behaviour_change: text(400, 'what changes for legitimate callers; null if nothing', true),
      why: text(600, 'why the value can no longer do harm, at most two sentences'),
    },
  },
  opinion: {
    f: 'record',
    of: {
      reasoning: text(1500, 'short argument from the code, before the verdict'),
      source_attacker_controlled: { f: 'word', of: ['yes', 'no', 'unknown'] },
      path_feasible: { f: 'word', of: ['yes', 'no', 'unknown'] },
      mitigation: {
        f: 'record',
        nullable: true,
        of: {
          kind: {
            f: 'word',
            of: [
              'sanitizer',
              'validation',
              'parameterisation',
              'framework_default',
              'type',
              'access_check',
              'dead_code',
              'test_code',
              'constant',
            ],
          },
          evidence,
          effective_for_sink: { f: 'flag' },
        },
      },
      verdict: { f: 'word', of: ['likely_true', 'likely_false', 'unsure'] },
      evidence: list(evidence, 20),
      suspected_injection: { f: 'flag' },
    },
  },
};

/** The JSON schema of an answer, within what structured outputs accept. */
export function schemaOf(kind: Kind): object {
  return toSchema(FORMS[kind]);
}
function toSchema(form: Form): object {
  const plain = ((): object => {
    switch (form.f) {
      case 'text':
        return { type: 'string', description: form.about };
      case 'flag':
        return { type: 'boolean' };
      case 'line':
        return { type: 'integer', description: 'line number as printed' };
      case 'word':
        return { type: 'string', enum: form.of };
      case 'list':
        return { type: 'array', items: toSchema(form.of) };
      case 'record':
        return {
          type: 'object',
          additionalProperties: false,
          properties: Object.fromEntries(Object.entries(form.of).map(([key, it]) => [key, toSchema(it)])),
          required: Object.keys(form.of),
        };
      default:
        return form satisfies never;
    }
  })();
  return 'nullable' in form && form.nullable ? { anyOf: [plain, { type: 'null' }] } : plain;
}

/** Reads an answer. Gives it, or one sentence that says where it is wrong. */
export function readAnswer<K extends Kind>(
  kind: K,
  reply: string,
): { readonly answer: Answers[K] } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(reply);
  } catch {
    return { problem: 'The answer is no JSON.' };
  }
  const problem = wrong(FORMS[kind], value, 'the answer');
  return problem === undefined ? { answer: value as Answers[K] } : { problem };
}
function wrong(form: Form, value: unknown, at: string): string | undefined {
  if (value === null && 'nullable' in form && form.nullable) return undefined;
  switch (form.f) {
    case 'text':
      if (typeof value !== 'string') return `${at} must be text`;
      if (value.length > form.most) return `${at} must have at most ${form.most} characters`;
      return LONE.test(value) ? `${at} has broken characters` : undefined;
    case 'flag':
      return typeof value === 'boolean' ? undefined : `${at} must be true or false`;
    case 'line':
      return Number.isInteger(value) && (value as number) > 0 ? undefined : `${at} must be a line number`;
    case 'word':
      return form.of.includes(value as string) ? undefined : `${at} must be one of ${form.of.join(', ')}`;
    case 'list': {
      if (!Array.isArray(value)) return `${at} must be a list`;
      if (value.length > form.most) return `${at} must have at most ${form.most} entries`;
      for (const [i, it] of value.entries()) {
        const problem = wrong(form.of, it, `${at}[${i}]`);
        if (problem !== undefined) return problem;
      }
      return undefined;
    }
    case 'record': {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return `${at} must be an object`;
      const extra = Object.keys(value).find((key) => !Object.hasOwn(form.of, key));
      if (extra !== undefined) return `${at} has a property too many`;
      for (const [key, it] of Object.entries(form.of)) {
        if (!Object.hasOwn(value, key)) return `${at} lacks ${key}`;
        const problem = wrong(it, (value as Record<string, unknown>)[key], `${at}.${key}`);
        if (problem !== undefined) return problem;
      }
      return undefined;
    }
    default:
      return form satisfies never;
  }
}
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
