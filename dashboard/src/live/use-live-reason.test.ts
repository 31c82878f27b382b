import type { LiveReason } from '@docket/gateway/contract';
import { describe, expect, test, vi } from 'vitest';
import { createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { createI18n } from 'vue-i18n';
import { en } from '../messages/en.ts';
import { zhCN } from '../messages/zh-CN.ts';

// The words of the dashboard are made where there is a browser.
vi.stubGlobal('localStorage', { getItem: () => null });
const { useLiveReason } = await import('./use-live-reason.ts');

async function words(locale: 'zh-CN' | 'en', reasons: readonly LiveReason[]): Promise<string[]> {
  const i18n = createI18n({ legacy: false, locale, messages: { 'zh-CN': zhCN, en } });
  let said: string[] = [];
  const asking = () => {
    said = reasons.map(useLiveReason());
    return () => null;
  };
  await renderToString(createSSRApp({ setup: asking }).use(i18n));
  return said;
}

const hole: LiveReason = { kind: 'units-lost', units: 1, pictures: { damaged: 0, missingMs: 960 } };
const cutOff: LiveReason = { kind: 'units-lost', units: 1, pictures: { damaged: 1, missingMs: 0 } };
const both: LiveReason = {
  kind: 'units-lost',
  units: 4,
  pictures: { damaged: 2, missingMs: 1_240 },
  sound: { damaged: 0, missingMs: 64 },
};
/** As an older Docket noted it. */
const untold: LiveReason = { kind: 'units-lost', units: 3 };
const misnamed: LiveReason = {
  kind: 'codec-misnamed',
  media: 'video',
  track: 0,
  told: 'h265',
  found: 'h264',
};

describe('a reviewer can tell a damaged picture from a hole, and a wrong label from either', () => {
  test.each([
    [
      'zh-CN',
      [
        '画面缺 960 毫秒',
        '画面损坏 1 帧',
        '画面缺 1,240 毫秒，画面损坏 2 帧，声音缺 64 毫秒',
        '缺失或损坏 3 帧',
        '画面：记录仪声明为 H.265，实际为 H.264，已按 H.264 录制',
      ],
    ],
    [
      'en',
      [
        '960 ms of pictures are missing',
        'damaged pictures: 1',
        '1,240 ms of pictures are missing, damaged pictures: 2, 64 ms of sound are missing',
        'pictures or sounds missing or damaged: 3',
        'picture: the recorder said H.265 and sends H.264; taken as H.264',
      ],
    ],
  ] as const)('in %s', async (locale, expected) => {
    expect(await words(locale, [hole, cutOff, both, untold, misnamed])).toEqual(expected);
  });
});
