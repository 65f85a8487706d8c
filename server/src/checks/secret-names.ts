// Which names say that their value is a secret: `password`, `user.apiKey`, `accessToken`. Flow asks it of what is read,
// checks of what is written down.

const SECRET =
  /passw(?:or)?d|passphrase|passcode|(?:^|[^a-z])pwd|secret|(?:api|private|access|auth|encryption|signing)[_-]?key|(?:access|auth|refresh|bearer|session)[_-]?token|credit[_-]?card|(?:^|[_-])ssn$/i;
/** Words that make a name something about a secret, not the secret. */
const ABOUT =
  /hash|crypt|digest|hmac|md5|sha\d*$|encoded|salt|masked|redact|obfuscat|policy|strength|length|type|kind|valid|field|prompt|label|input|element|form|error|message|regex|pattern|reset|forgot|url|uri|path|file|dir|name$|names$|id$|ids$|arn$|count|expir|enabled|required|visible|shown|hidden|placeholder|changed|manager|service|provider|client|store|storage|component|module|controller|router|schema|model|option|config|settings|rule|check|flag|column|index|public|version|algorithm|minlength|maxlength|confirm(?:ed|ation)?$|^(?:is|has|no|set|check|verify|validate|compare|change|update|send|create|save|delete|remove|require|match|test|toggle|on|with|show|hide|use|handle)(?=[A-Z_])/i;
const known = new Map<string, boolean>();
/** Names kept; a workspace has some tens of thousands. */
const KEPT = 20_000;

/** Whether a name says that its value is a secret. */
export function isSecretName(name: string): boolean {
  let res = known.get(name);
  if (res !== undefined) return res;
  if (known.size >= KEPT) known.clear();
  // `passwordHash` is about a password; camel case is split so that words are found as words.
  res = SECRET.test(name) && !ABOUT.test(name);
  known.set(name, res);
  return res;
}
