// Where in a piece of HTML a value stands, as far as it decides whether escaping helps.

/** Whether the HTML so far leaves us in the text of an element or in a quoted attribute that is no address or script. */
export function isTextPlace(html: string): boolean {
  const lower = html.toLowerCase();
  for (const tag of ['<script', '<style', '<!--', '<textarea', '<title']) {
    const end = tag === '<!--' ? '-->' : `</${tag.slice(1)}`;
    if (lower.lastIndexOf(tag) > lower.lastIndexOf(end)) return false;
  }
  const open = html.lastIndexOf('<');
  if (open <= html.lastIndexOf('>')) return true;
  const attribute = /\s([\w:-]+)\s*=\s*\\?(?:"[^"]*|'[^']*)$/.exec(html.slice(open))?.[1]?.toLowerCase();
  return attribute !== undefined && !/^on|^(?:href|src|srcdoc|style|action|formaction|data)$/.test(attribute);
}
