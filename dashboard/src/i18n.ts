import { ref, watchEffect } from 'vue';
import { createI18n } from 'vue-i18n';
import { en } from './messages/en.ts';
import { zhCN } from './messages/zh-CN.ts';

export const languages = ['zh-CN', 'en'] as const;
export type Language = (typeof languages)[number];

const storageKey = 'docket.language';

function rememberedLanguage(): Language {
  const stored = localStorage.getItem(storageKey);
  return languages.find((language) => language === stored) ?? 'zh-CN';
}

export const language = ref<Language>(rememberedLanguage());

export const i18n = createI18n({
  legacy: false,
  locale: language.value,
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zhCN, en },
  missingWarn: false,
  fallbackWarn: false,
});

watchEffect(() => {
  i18n.global.locale.value = language.value;
  document.documentElement.lang = language.value;
});

export function chooseLanguage(chosen: Language): void {
  language.value = chosen;
  localStorage.setItem(storageKey, chosen);
}
