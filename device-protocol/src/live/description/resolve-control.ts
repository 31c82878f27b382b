/**
 * The URL of a control attribute (RFC 2326 §C.1.1). Servers and players put the attribute behind the base with one slash
 * between, also where the base has a query; so is it done here. `*` is the base itself. Without a base, as written.
 */
export function resolveControl(control: string | null, baseUrl: string | null): string | null {
  const written = control === null || control === '' ? null : control;
  if (baseUrl === null || (written !== null && /^[a-z][a-z0-9+.-]*:\/\//iu.test(written))) return written;
  if (written === null || written === '*') return baseUrl;
  if (baseUrl.endsWith('/') || written.startsWith('/'))
    return `${baseUrl.replace(/\/$/u, '')}/${written.replace(/^\//u, '')}`;
  return `${baseUrl}/${written}`;
}
