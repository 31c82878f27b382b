import type { ActivityKind, CaseCategory, CertificateIssuer, RiskTrigger } from '../../cases/case-terms.ts';
import type {
  CoverageGap,
  CoverageState,
  ExceptionKind,
  Judgement,
  PersonConcernCode,
} from '../../coverage/judgement.ts';
import { stateRules, statesWorstFirst } from '../../coverage/state-precedence.ts';
import type { DutyLevel } from '../../duties/duty-list.ts';
import { beijing, dutyOfWorked, judgeWorked, type WorkedCase, zone } from './worked-case.ts';
import { workedCases } from './worked-cases.ts';

const stateWords: Record<CoverageState, string> = {
  met: '完整',
  late: '逾期',
  partial: '部分',
  missing: '缺失',
  exempt: '免记录',
  unverifiable: '无法核实',
  'not-required': '不要求记录',
};
const levelWords: Record<DutyLevel, string> = {
  required: '应当音像记录',
  'whole-process': '应当全过程音像记录',
  'whole-process-if-necessary': '必要时全过程音像记录',
  'own-list': '由本单位清单规定',
  none: '不要求',
};
const activityWords: Record<ActivityKind, string> = {
  'on-site-inspection': '现场检查',
  'random-inspection': '随机抽查',
  'investigation-evidence': '调查取证',
  'evidence-preservation': '证据保全',
  hearing: '听证',
  'coercion-measure': '行政强制',
  'document-service': '文书送达',
  'site-survey': '现场踏勘',
  other: '其他',
};
const categoryWords: Record<CaseCategory, string> = {
  license: '行政许可',
  penalty: '行政处罚',
  coercion: '行政强制',
  inspection: '行政检查',
  levy: '行政征收',
  requisition: '行政征用',
  fee: '行政收费',
  'other-power': '其他权力',
};
const triggerWords: Record<RiskTrigger, string> = {
  'personal-liberty': '人身自由',
  'life-health': '生命健康',
  'major-property': '重大财产权益',
};
const issuerWords: Record<CertificateIssuer, string> = {
  provincial: '省政府统一印制',
  ministry: '国务院部委制作',
  recorded: '经备案',
};
const exceptionWords: Record<ExceptionKind, string> = {
  'gap-reason': 'reason for a gap (中断原因)',
  exemption: 'exemption (免予记录)',
  'late-dock': 'late docking (逾期入站)',
  'recorder-broken': 'recorder broken (设备损坏)',
  'recorder-lost': 'recorder lost (设备遗失)',
  'place-unrecordable': 'place that cannot be recorded (场所不能记录)',
};
const concernWords: Record<PersonConcernCode, string> = {
  'officer-unknown': 'an officer nobody told of',
  'certificate-missing': 'no certificate',
  'certificate-expired': 'the certificate had run out',
  'certificate-not-yet-valid': 'the certificate was not valid yet',
  'issuer-not-accepted': 'the issuer of the certificate is not accepted here',
  'category-not-certified': 'not certified for this category',
  'area-not-certified': 'not certified for this area',
  'fewer-than-two-officers': 'fewer than two officers with a valid certificate',
  'officers-not-named': 'no officers named',
  'recorded-by-another': 'recorded by somebody who is not named',
};

/** The order of states, as a list. */
export function stateRulesDocument(): string {
  const rules = stateRules.map(
    ({ state, because }, index) => `${index + 1}. **${state}** ${stateWords[state]}: ${because}.`,
  );
  return [
    ...rules,
    '',
    `From the worst, for steps and cases: ${statesWorstFirst.map((state) => `\`${state}\``).join(', ')}.`,
  ].join('\n');
}

/** Every worked case, department after department, as Markdown. */
export function workedCasesDocument(): string {
  const departments = [...new Set(workedCases.map(({ list }) => list.departmentName))];
  return departments
    .map((name) => {
      const own = workedCases.filter(({ list }) => list.departmentName === name);
      return [`## ${name}`, ...own.map(caseDocument)].join('\n\n');
    })
    .join('\n\n');
}

function caseDocument(worked: WorkedCase): string {
  const { activity, ofCase, why } = worked;
  const judgement = judgeWorked(worked);
  const { item } = dutyOfWorked(worked);
  const raised = judgement.raisedBy.length === 0 ? '' : `, raised by ${judgement.raisedBy.join(' and ')}`;
  const level =
    judgement.level === null ? '' : `${levelWords[judgement.level]} (\`${judgement.level}\`${raised})`;
  const triggers = [...ofCase.riskTriggers, ...activity.riskTriggers].map((trigger) => triggerWords[trigger]);
  const sentence = item?.basis.sentence === '' ? '(not named in the plan)' : `“${item?.basis.sentence}”`;
  return [
    `### ${worked.name[0]?.toUpperCase()}${worked.name.slice(1)}`,
    table(
      ['', ''],
      [
        ['case', `${categoryWords[ofCase.category]}，${ofCase.name}`],
        [
          'activity',
          `${activityWords[activity.kind]}，${activity.place}，${day(activity.startedAt)} ${clock(activity.startedAt)} to ${clock(activity.endedAt)}`,
        ],
        ['at stake', triggers.length === 0 ? 'nothing named' : triggers.join('、')],
        [
          'officers',
          worked.officers
            .map(
              ({ name, validUntil, issuer }) =>
                `${name}（${issuer === null ? '' : issuerWords[issuer]}${validUntil === null ? '' : `，有效期至 ${validUntil}`}）`,
            )
            .join('、'),
        ],
        ['the list', `item ${item?.number ?? '—'}: ${level}`],
        ['its sentence', sentence],
        ...(item?.isDerived === true && item.note !== null ? [['inferred (推定)', item.note]] : []),
      ],
    ),
    footageTable(worked),
    ...exceptionLines(worked),
    table(
      ['judged on', instantText(beijing(worked.judgedAt))],
      [
        [
          '**state**',
          `**${judgement.state}** ${stateWords[judgement.state]}${judgement.isExplained ? ', explained' : ''}${judgement.unproven.length === 0 ? '' : ` (${judgement.unproven.join(', ')})`}`,
        ],
        ...(judgement.coveredMs === null ? [] : [['surely on record', span(judgement.coveredMs)]]),
        ...(judgement.gapMs === null ? [] : [['surely not on record', span(judgement.gapMs)]]),
        ...doubtfulRow(judgement),
        ...judgement.gaps.map((gap) => [`${gap.kind} gap`, gapText(gap)]),
        ...(judgement.isWholeProcessProposed
          ? [['proposed', 'that a person say whether the whole process is recorded (必要时)']]
          : []),
        ...(judgement.uploadDueAt === null
          ? []
          : [['to be handed in by', instantText(Date.parse(judgement.uploadDueAt))]]),
        ...judgement.people.map(({ code, officerId }) => [
          'warning',
          `${concernWords[code]}${officerId === null ? '' : `: ${nameOf(worked, officerId)}`}`,
        ]),
      ],
    ),
    why,
  ].join('\n\n');
}

function footageTable({ clips, officers }: WorkedCase): string {
  if (clips.length === 0) return 'No footage.';
  return table(
    ['footage', 'recorder', 'from', 'to', 'doubt', 'handed in'],
    clips.map((clip, index) => [
      `${clip.mediaKind} ${index + 1}`,
      `${clip.recorder}, worn by ${officers.find(({ officerId }) => officerId === clip.officerId)?.name}`,
      exactClock(beijing(clip.from)),
      exactClock(beijing(clip.from) + clip.lengthSeconds * 1000),
      clip.doubts === undefined ? `± ${clip.doubtSeconds} s` : `not known (${clip.doubts.join(', ')})`,
      instantText(beijing(clip.sealedAt)),
    ]),
  );
}

function exceptionLines({ exceptions }: WorkedCase): string[] {
  return exceptions.map(({ claim, requestedBy, approvedBy, approvedAt }) => {
    const stretch = claim.from === undefined ? '' : ` for ${claim.from.slice(11)} to ${claim.to?.slice(11)}`;
    const paper = claim.paperRecord === null ? '' : `, paper: ${claim.paperRecord}`;
    const code = claim.reasonCode === null ? '' : `, \`${claim.reasonCode}\``;
    return `Signed for: ${exceptionWords[claim.kind]}${code}${stretch}: “${claim.reason}”${paper}; asked by ${requestedBy}, approved by ${approvedBy} on ${approvedAt}.`;
  });
}

/** What is left between the sure: told where the whole must be recorded. */
function doubtfulRow({ startedMs, endedMs, coveredMs, gapMs }: Judgement): string[][] {
  if (startedMs === null || endedMs === null || coveredMs === null || gapMs === null) return [];
  return [['within the doubt', span(endedMs - startedMs - coveredMs - gapMs)]];
}

function nameOf({ officers }: WorkedCase, officerId: string): string {
  return officers.find((officer) => officer.officerId === officerId)?.name ?? officerId;
}

function gapText({ from, fromDoubtMs, to, toDoubtMs, explanation }: CoverageGap): string {
  const edge = (at: string, doubtMs: number) => `${exactClock(Date.parse(at))} ± ${doubtMs / 1000} s`;
  const explained =
    explanation === null
      ? ''
      : `; explained: \`${explanation.reasonCode}\`, approved by ${explanation.approvedBy}`;
  return `${edge(from, fromDoubtMs)} to ${edge(to, toDoubtMs)}${explained}`;
}

function span(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  return `${minutes} min ${(milliseconds - minutes * 60_000) / 1000} s`;
}

function local(atMs: number): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return format.format(atMs);
}

function instantText(atMs: number): string {
  return local(atMs).slice(0, 16);
}

function day(instant: string | null): string {
  return local(Date.parse(instant ?? '')).slice(0, 10);
}

function clock(instant: string | null): string {
  return local(Date.parse(instant ?? '')).slice(11, 16);
}

function exactClock(atMs: number): string {
  const tenths = Math.floor((atMs % 1000) / 100);
  return `${local(atMs).slice(11)}${tenths === 0 ? '' : `.${tenths}`}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
