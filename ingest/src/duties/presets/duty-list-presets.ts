import { changdaoZhzf } from './changdao-zhzf.ts';
import { changzhiSwj } from './changzhi-swj.ts';
import type { DutyListPreset } from './duty-list-preset.ts';
import { ganziJxj } from './ganzi-jxj.ts';
import { linyiFgw } from './linyi-fgw.ts';
import { taierzhuangSpj } from './taierzhuang-spj.ts';

/** The lists that come with Docket. A department adopts one as it is, and changes it by publishing its own. */
export const dutyListPresets: readonly DutyListPreset[] = [
  linyiFgw,
  changdaoZhzf,
  changzhiSwj,
  ganziJxj,
  taierzhuangSpj,
];
