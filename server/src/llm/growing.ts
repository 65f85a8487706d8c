// What can be read of a JSON reply that is still growing: its texts, one a paragraph, the last one as far as it has come.
// It is shown while one waits and is replaced by the checked answer; it never becomes anything but plain text.

/** The string values of a beginning of JSON, in order, without keys and words of enumerations. */
export function growing(json: string): string {
  const texts: string[] = [];
  for (let at = 0; at < json.length; at++) {
    if (json[at] !== '"') continue;
    let end = at + 1;
    while (end < json.length && json[end] !== '"') end += json[end] === '\\' ? 2 : 1;
    const isKey = /^"\s*:/.test(json.slice(end, end + 20));
    if (!isKey) texts.push(decode(json.slice(at + 1, Math.min(end, json.length))));
    at = end;
  }
  return texts.filter((it) => it.includes(' ')).join('\n\n');
}

function decode(inside: string): string {
  // An escape that has not come whole is left out.
  const whole = inside.replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, '');
  try {
    return JSON.parse(`"${whole}"`) as string;
  } catch {
    return '';
  }
}
