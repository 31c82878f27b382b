/** One challenge, or one authorisation: a scheme and its parameters (RFC 7235 §2.1). */
export interface AuthParameters {
  /** In lower case. */
  scheme: string;
  /** What follows the scheme where that is no list of parameters, as in Basic. */
  token: string | null;
  /** Names in lower case; the first of a name counts. */
  parameters: ReadonlyMap<string, string>;
}

const mostCharacters = 8192;
const mostSchemes = 8;

const blank = /[\s,]*/uy;
const schemeName = /([!#$%&'*+\-.^_`|~\w]+)(?:\s+|(?=,)|$)/uy;
const parameter = /([!#$%&'*+\-.^_`|~\w]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))\s*(?:,\s*)*/uy;
const token68 = /([\w\-.~+/]+=*)\s*(?:,|$)/uy;

/** Reads a WWW-Authenticate or Authorization header, which may hold several. What cannot be read ends the list. */
export function parseAuthParameters(value: string): AuthParameters[] {
  const text = value.slice(0, mostCharacters);
  const found: AuthParameters[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (found.length < mostSchemes) {
    take(blank);
    const scheme = take(schemeName)?.[1];
    if (scheme === undefined) break;
    const token = take(token68)?.[1] ?? null;
    const parameters = new Map<string, string>();
    for (let match = token === null ? take(parameter) : null; match !== null; match = take(parameter)) {
      const name = (match[1] ?? '').toLowerCase();
      const said = match[2]?.replace(/\\(.)/gu, '$1') ?? match[3] ?? '';
      if (!parameters.has(name)) parameters.set(name, said);
    }
    found.push({ scheme: scheme.toLowerCase(), token, parameters });
  }
  return found;
}

/** A quoted-string (RFC 7230 §3.2.6). */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/gu, '\\$&')}"`;
}
