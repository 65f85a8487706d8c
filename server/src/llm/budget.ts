// How many tokens may be used, by day and by session: reserved before a request, settled after it. The book is a file
// outside every repository, so a reload or a crash does not open the purse again.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LlmFailure, type Usage } from './provider.ts';

export interface Limits {
  /** Tokens. */
  readonly day: number;
  readonly session: number;
}
export interface Counter {
  readonly today: number;
  readonly session: number;
  readonly limits: Limits;
}
export interface Budget {
  /** Takes this many tokens out for now. Throws an LlmFailure with code `budget` and the limit if there are not so many. */
  reserve(tokens: number): Reservation;
  counter(): Counter;
}
export interface Reservation {
  /** What was really used; undefined: nothing. */
  settle(usage: Usage | undefined): void;
}

interface Book {
  readonly day: string;
  readonly used: number;
}

/** `day` gives the local date. `limits` is asked each time, so that a changed setting holds at once. */
export function createBudget(
  file: string | undefined,
  limits: () => Limits,
  day: () => string,
  onChange: (it: Counter) => void = () => undefined,
): Budget {
  let book = readBook(file) ?? { day: day(), used: 0 };
  let session = 0;
  let reserved = 0;
  const today = (): Book => (book.day === day() ? book : (book = { day: day(), used: 0 }));
  const counter = (): Counter => ({ today: today().used, session, limits: limits() });
  return {
    counter,
    reserve(tokens) {
      const { day: perDay, session: perSession } = limits();
      if (today().used + reserved + tokens > perDay)
        throw new LlmFailure('budget', `${perDay.toLocaleString('en')} tokens a day`);
      if (session + reserved + tokens > perSession)
        throw new LlmFailure('budget', `${perSession.toLocaleString('en')} tokens a session`);
      reserved += tokens;
      // Should we be killed in the middle, what was asked for counts as used.
      writeBook(file, { day: today().day, used: today().used + reserved });
      let open = true;
      return {
        settle(usage) {
          if (!open) return;
          open = false;
          reserved -= tokens;
          const used = usage ? usage.input + usage.output : 0;
          session += used;
          book = { day: today().day, used: today().used + used };
          writeBook(file, { ...book, used: book.used + reserved });
          onChange(counter());
        },
      };
    },
  };
}

function readBook(file: string | undefined): Book | undefined {
  if (file === undefined) return undefined;
  try {
    const it = JSON.parse(readFileSync(file, 'utf8')) as Partial<Book>;
    return typeof it.day === 'string' && typeof it.used === 'number' && it.used >= 0
      ? { day: it.day, used: it.used }
      : undefined;
  } catch {
    return undefined;
  }
}
function writeBook(file: string | undefined, book: Book): void {
  if (file === undefined) return;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(book));
    renameSync(`${file}.new`, file);
  } catch {
    // Without a book the limits hold for this session.
  }
}
