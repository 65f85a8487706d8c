// Which parts of an expression bring the outside data in, read off the steps of the finding's paths.
// A name counts if the file gives it a value from such a part; what cannot be told is not counted.

import type { Arena, Node } from '../../syntax/arena.ts';
import { endOf, parentOf, startOf, typeOf, within, type FixTarget, type Stretch } from '../fix.ts';
import { namesakes } from './names.ts';

/** Whether an expression holds a step of a path, or a name whose value was made from one. */
export function isTainted({ arena, steps }: FixTarget, expression: Node): boolean {
  if (steps.some((it) => lies(it, arena, expression))) return true;
  return within(arena, expression).some((it) => {
    if (!/^(?:identifier|shorthand_property_identifier)$/.test(typeOf(arena, it))) return false;
    const places = [...valuesOf(arena, it), ...namesakes(arena, arena.textOf(it))];
    return places.some((place) => steps.some((one) => lies(one, arena, place)));
  });
}

function lies(stretch: Stretch, arena: Arena, node: Node): boolean {
  return stretch.start >= startOf(arena, node) && stretch.end <= endOf(arena, node);
}

/** What the file assigns to a name, by declarations (destructuring too) and assignments. */
export function valuesOf(arena: Arena, name: Node): Node[] {
  const values: Node[] = [];
  for (const it of namesakes(arena, arena.textOf(name))) {
    for (let target = it; target >= 0; target = parentOf(arena, target)) {
      const parent = parentOf(arena, target);
      const type = typeOf(arena, parent);
      if (type === 'variable_declarator' && arena.child(parent, 'name') === target)
        values.push(arena.child(parent, 'value'));
      else if (/assignment_expression$/.test(type) && arena.child(parent, 'left') === target)
        values.push(arena.child(parent, 'right'));
      else if (/_pattern$/.test(type)) continue;
      break;
    }
  }
  return values.filter((it) => it >= 0);
}

/** Whether literal text with markup is part of an expression, or of the value of a name in it. */
export function hasMarkup(arena: Arena, expression: Node): boolean {
  return within(arena, expression).some((it) => {
    const type = typeOf(arena, it);
    if (type === 'string' || type === 'template_string') return /[<&]/.test(arena.textOf(it));
    if (type !== 'identifier') return false;
    return valuesOf(arena, it).some((value) =>
      /(["'`])(?:(?!\1)[^\\]|\\.)*<\/?[a-z!]/is.test(arena.textOf(value)),
    );
  });
}
