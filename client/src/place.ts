// Places as the server tells them, as VS Code wants them.

import { Location, Position, Range, Uri } from 'vscode';
import type { Span, ToldStep } from '../../server/src/lsp/protocol-findings.ts';

export function rangeOf({ start, end }: Span): Range {
  return new Range(new Position(start.line, start.character), new Position(end.line, end.character));
}

export function locationOf(step: Pick<ToldStep, 'uri' | 'range'>): Location {
  return new Location(Uri.parse(step.uri), rangeOf(step.range));
}
