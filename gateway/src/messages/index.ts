import { en, type Messages } from './en.ts';
import { zhCN } from './zh-cn.ts';

export type { Messages } from './en.ts';

export const languages = { 'zh-CN': zhCN, en } as const satisfies Record<string, Messages>;
export type Language = keyof typeof languages;

/**
 * The language of a name as flags and locales give it (`en`, `zh_CN.UTF-8`); `null` where it is none of ours.
 * The neutral locales of a fresh machine say nothing of its people.
 */
export function languageOf(name: string): Language | null {
  const tag = name.toLowerCase().replaceAll('_', '-');
  if (/^zh\b/u.test(tag) || /^(?:c|posix)(?:\.|$)/u.test(tag)) return 'zh-CN';
  return /^en\b/u.test(tag) ? 'en' : null;
}

/** The language from DOCKET_LANG, then the locale. A locale we have no words for reads English. */
export function environmentLanguage(environment: Record<string, string | undefined>): Language {
  const own = languageOf(environment.DOCKET_LANG ?? '');
  if (own !== null) return own;
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || 'C';
  return languageOf(locale) ?? 'en';
}
