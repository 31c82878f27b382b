/** Text that is HTML already. Only `html` makes it, so that nothing from outside can be taken for it. */
class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type { Html };

export type HtmlPart = Html | string | number | null | readonly HtmlPart[];

/** A template whose every value is escaped, unless it was made by `html` itself. */
export function html(fixed: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const pieces = parts.map((part, index) => markupOf(part) + (fixed[index + 1] ?? ''));
  return new Html((fixed[0] ?? '') + pieces.join(''));
}

function markupOf(part: HtmlPart): string {
  if (part === null) return '';
  if (part instanceof Html) return part.markup;
  if (typeof part === 'object') return part.map(markupOf).join('');
  return escaped(String(part));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Also keeps direction controls, with which a name can show as another, from working on the page. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"']/gu, (sign) => entities[sign] ?? sign)
    .replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (sign) =>
      sign === '\n' ? sign : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
