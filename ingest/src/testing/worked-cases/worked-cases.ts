import { changdaoCases } from './changdao-zhzf.ts';
import { changzhiCases } from './changzhi-swj.ts';
import { ganziCases } from './ganzi-jxj.ts';
import { linyiCases } from './linyi-fgw.ts';
import { taierzhuangCases } from './taierzhuang-spj.ts';
import type { WorkedCase } from './worked-case.ts';

/** Two cases of each of the five departments: told in `docs/coverage.md`, and run through all parts by a test. */
export const workedCases: readonly WorkedCase[] = [
  ...linyiCases,
  ...changdaoCases,
  ...changzhiCases,
  ...ganziCases,
  ...taierzhuangCases,
];
