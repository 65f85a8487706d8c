// Which parts of an expression bring the outside data in, read off the steps of the finding's paths.
// A name counts if the file gives it a value from such a part; what cannot be told is not counted.

import type { Arena, Node } from '../../syntax/arena.ts';
import { endOf, parentOf, startOf, typeOf, within, type FixTarget, type Stretch } from '../fix.ts';
import { namesakes } from './tree.ts';

/** Whether an expression holds a step of a path, or a name whose value was made from one. */
export function isTainted({ arena, steps }: FixTarget, expression: Node): boolean {
  if (steps.some((it) => lies(it, arena, expression))) return true;
  return within(arena, expression).some((it) => {
    if (typeOf(arena, it) !== 'identifier') return false;
    const places = [...valuesOf(arena, it), ...namesakes(arena, arena.textOf(it))];
    return places.some((place) => steps.some((one) => lies(one, arena, place)));
  });
}

function lies(stretch: Stretch, arena: Arena, node: Node): boolean {
  return stretch.start >= startOf(arena, node) && stretch.end <= endOf(arena, node);
}

/** What the file assigns to a name. */
export function valuesOf(arena: Arena, name: Node): Node[] {
  return namesakes(arena, arena.textOf(name)).flatMap((it) => {
    const parent = parentOf(arena, it);
    const isLeft = /^(?:assignment|augmented_assignment|named_expression)$/.test(typeOf(arena, parent));
    if (!isLeft || (arena.child(parent, 'left') !== it && arena.child(parent, 'name') !== it)) return [];
    const right = arena.child(parent, 'right');
    return [right < 0 ? arena.child(parent, 'value') : right];
  });
}
