import type { ActivityKind, CaseCategory, CaseStep, RiskTrigger } from '../../cases/case-terms.ts';
import type { DutyItem, DutyLevel, DutyListContent } from '../duty-list.ts';
import type { DutyListPreset } from './duty-list-preset.ts';
import { dutyListPresets } from './duty-list-presets.ts';

const categoryWords: Record<CaseCategory, string> = {
  license: '许可',
  penalty: '处罚',
  coercion: '强制',
  inspection: '检查',
  levy: '征收',
  requisition: '征用',
  fee: '收费',
  'other-power': '其他权力',
};
const stepWords: Record<CaseStep, string> = {
  acceptance: '受理',
  filing: '立案',
  investigation: '调查',
  evidence: '取证',
  review: '审查',
  decision: '决定',
  service: '送达',
  execution: '执行',
  archiving: '归档',
};
const activityWords: Record<ActivityKind, string> = {
  'on-site-inspection': '现场检查',
  'random-inspection': '随机抽查',
  'investigation-evidence': '调查取证',
  'evidence-preservation': '证据保全',
  hearing: '听证',
  'coercion-measure': '行政强制',
  'document-service': '送达',
  'site-survey': '现场踏勘',
  other: '其他',
};
const riskWords: Record<RiskTrigger, string> = {
  'personal-liberty': '人身自由',
  'life-health': '生命健康',
  'major-property': '重大财产权益',
};
const levelWords: Record<DutyLevel, string> = {
  required: 'required',
  'whole-process': 'whole process',
  'whole-process-if-necessary': 'whole process if necessary (必要时)',
  'own-list': 'own list',
  none: 'no duty',
};
const effectWords = {
  mandatory: 'is a duty',
  proposed: 'is proposed to a person (必要时)',
  'own-list': 'is left to the items',
} as const;

/** The lists that come with Docket, as the part of `docs/duty-lists.md` that is made from them. */
export function presetsDocument(): string {
  return dutyListPresets.map(presetPart).join('\n\n');
}

function presetPart({ departmentId, departmentName, document, content }: DutyListPreset): string {
  const rows = content.items.map((item) => `| ${cellsOf(item).map(escapeCell).join(' | ')} |`);
  return [
    `### ${departmentName} (\`${departmentId}\`)`,
    `From ${document}.`,
    [
      '| 序号 | 执法类别 | 执法环节 | 记录事项 | 开始 → 结束 | 执法记录类别 | duty |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n'),
    sentencesOf(content.items),
    rulesOf(content).join('\n'),
  ].join('\n\n');
}

function cellsOf(item: DutyItem): string[] {
  const times = item.startTrigger === null ? '' : `${item.startTrigger} → ${item.endTrigger ?? ''}`;
  return [
    item.number,
    words(item.categories, categoryWords),
    words(item.steps, stepWords),
    words(item.activities, activityWords),
    times,
    item.recordClass ?? '',
    levelWords[item.level],
  ];
}

/** Each sentence once, with the items that come from it and what was inferred beside it. */
function sentencesOf(items: readonly DutyItem[]): string {
  const groups = new Map<string, DutyItem[]>();
  for (const item of items) {
    const key = `${item.basis.sentence}\n${item.note ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()]
    .map((group) => {
      const numbers = group.map(({ number }) => number).join(', ');
      const [{ basis, note } = { basis: { sentence: '' }, note: null }] = group;
      const sentence = basis.sentence === '' ? 'no sentence' : `“${basis.sentence}”`;
      return `- ${numbers}: ${sentence}${note === null ? '' : ` Inferred: ${note}`}`;
    })
    .join('\n');
}

function rulesOf(content: DutyListContent): string[] {
  const { wholeProcess, publishing, sources } = content;
  const where =
    wholeProcess.triggers.length === 0
      ? ''
      : ` for ${words(wholeProcess.triggers, riskWords)}, in ${words(wholeProcess.activities, activityWords)}`;
  const days = publishing.map(
    ({ categories, workingDays, basis, isDerived }) =>
      `${words(categories, categoryWords)} ${workingDays} working days (${isDerived ? 'inferred, ' : ''}${basis.document})`,
  );
  return [
    `- Recording the whole process ${effectWords[wholeProcess.effect]}${where}: “${wholeProcess.basis.sentence}”${noteOf(wholeProcess)}`,
    `- Published within: ${days.join('; ')}.`,
    `- Legal review of major decisions: ${words(content.reviewCategories, categoryWords)}. Steps: ${words(content.steps.names, stepWords)}.`,
    ...sources
      .filter(({ isDerived }) => isDerived)
      .map((source) => `- Inferred of ${source.rule}: ${source.note ?? ''}`),
  ];
}

function noteOf({ isDerived, note }: { isDerived: boolean; note: string | null }): string {
  if (note === null) return '';
  return isDerived ? ` Inferred: ${note}` : ` ${note}`;
}

function words<Word extends string>(named: readonly Word[] | '*', of: Record<Word, string>): string {
  return named === '*' ? '*' : named.map((word) => of[word]).join('、');
}

/** Text that cannot end a table cell. */
function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
