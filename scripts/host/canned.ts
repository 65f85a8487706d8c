// Canned answers for trying the AI features without a key and for the browser suite: a server on this machine that speaks
// the Messages API and knows one fix, that of the stock query of samples/shop. Everything it says is marked as canned.

import {
  type Behaviour,
  type MessagesApi,
  type Seen,
  startMessagesApi,
} from '../../test/support/messages-api.ts';

const STOCK =
  "'SELECT amount FROM stock WHERE product_id = ' + req.params.id + ' AND warehouse = ?',\n    [warehouse]";
const MENDED =
  "'SELECT amount FROM stock WHERE product_id = ? AND warehouse = ?',\n    [req.params.id, warehouse]";

/** Starts it. */
export function startCanned(): Promise<MessagesApi> {
  return startMessagesApi(answerTo);
}

/** The canned answer to a request, by what is asked. */
export function answerTo({ body }: Seen): Behaviour {
  const text = body.messages?.[0]?.content ?? '';
  if (text.includes('Give the smallest edit')) return { kind: 'json', value: fixOf(text), piece: 60 };
  if (text.includes('likely true in practice')) return { kind: 'json', value: OPINION, piece: 60 };
  const steps = [...text.matchAll(/^Step (s\d+)/gm)].map((it) => it[1]);
  const path = steps.map((step_id) => ({ step_id, what: 'The value goes on as it came (canned answer).' }));
  const words = {
    summary:
      'This is a canned answer: whoever sends the request decides what becomes part of the code that runs.',
    impact: 'A canned sentence about what could be read or changed.',
    remedy: 'Pass the value beside the constant text (canned answer).',
  };
  return { kind: 'json', value: { ...words, path, evidence: [], suspected_injection: false }, piece: 60 };
}

function fixOf(text: string): object {
  const common = { imports: [], new_dependency: null, behaviour_change: null };
  const id = /<code-[0-9a-f]{16} id="(f\d+)"/.exec(text)?.[1] ?? 'f1';
  if (!text.includes("'SELECT amount FROM stock"))
    return {
      ...common,
      status: 'cannot_fix_locally',
      strategy: 'none',
      edits: [],
      why: 'The canned answers know only the fix of the stock query.',
    };
  const edits = [{ file_id: id, old_text: STOCK, new_text: MENDED }];
  return {
    ...common,
    status: 'fixed',
    strategy: 'parameterised query',
    edits,
    why: 'The value is no SQL any more (canned answer).',
  };
}

const OPINION = {
  reasoning: 'A canned answer: nothing in the given code checks the value.',
  ...{ source_attacker_controlled: 'yes', path_feasible: 'yes', mitigation: null, verdict: 'likely_true' },
  ...{ evidence: [], suspected_injection: false },
};
