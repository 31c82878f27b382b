import type { Judgement, PacketActivity, PacketClip, PacketOfficer, ReviewPacket } from '@docket/ingest';
import { coverageLane, laneLegend } from './coverage-lane.ts';
import { type Html, type HtmlPart, html } from './html.ts';
import type { ShownValues } from './shown-values.ts';

type Content = ReviewPacket['content'];

function table(heads: readonly string[], rows: readonly (readonly HtmlPart[])[]): Html {
  return html`<table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${rows.map(
    (cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table>`;
}

function lines(parts: readonly HtmlPart[]): Html {
  return html`${parts.map((part, index) => (index === 0 ? part : [html`<br>`, part]))}`;
}

export function caseSection({ case: facts, unitName, isCaseWithdrawn }: Content, shown: ShownValues): Html {
  const { facts: names, ...words } = shown.words;
  const { decision } = facts;
  const rows: [string, string | null][] = [
    [names.number, facts.number],
    [names.name, facts.name],
    [names.unit, unitName ?? facts.unitId],
    [names.category, shown.word(words.category, facts.category)],
    [names.matter, facts.matter],
    [names.openedOn, facts.openedOn],
    [names.closedOn, facts.closedOn],
    [names.randomInspection, shown.yesOrNo(facts.isRandomInspection)],
    [names.secrecy, shown.word(words.secrecy, facts.secrecy)],
    [names.decision, decision === null ? words.notTold : decision.number],
    [names.decidedOn, decision?.decidedOn ?? null],
    [names.isMajor, decision === null ? null : shown.yesOrNo(decision.isMajor)],
    [names.result, decision?.result ?? null],
    [names.revokedOn, decision?.revokedOn ?? null],
    [names.withdrawn, isCaseWithdrawn ? words.yes : null],
  ];
  const told = rows.filter(([, value]) => value !== null);
  return html`<table class="facts"><tbody>${told.map(
    ([name, value]) => html`<tr><th>${name}</th><td>${value}</td></tr>`,
  )}</tbody></table>`;
}

export function coverageSection({ steps, activities }: Content, shown: ShownValues): Html {
  const { steps: names, step: stepWords, coverage } = shown.words;
  const rows = steps.map(({ step, activities: count, states, gapMs }) => [
    shown.word(stepWords, step),
    count,
    Object.entries(states)
      .map(([state, number]) => `${shown.word(coverage, state)} ${number}`)
      .join(' · '),
    shown.duration(gapMs),
  ]);
  return html`${table([names.step, names.activities, names.states, names.gaps], rows)}${laneLegend(shown)}${activities.map(
    (activity, index) => lane(activity, index + 1, shown),
  )}`;
}

function lane({ facts, judgement }: PacketActivity, number: number, shown: ShownValues): Html {
  const { words } = shown;
  const name = `${number}. ${shown.word(words.step, facts.step)} · ${shown.word(words.activity, facts.kind)}`;
  const about = [facts.place, words.lane.officers(facts.officerIds.length)].filter(Boolean).join(' · ');
  const drawing = judgement === null ? null : coverageLane(judgement, words.lane.picture(name), shown);
  return html`<section class="lane"><div class="about"><h3>${name}</h3><span class="state">${
    judgement === null ? words.lane.notJudged : shown.word(words.coverage, judgement.state)
  }</span><span class="small">${about}${judgement === null ? null : ` · ${dutyOf(judgement, shown)}`}</span></div>${
    drawing ?? html`<p class="small">${words.lane.noTimes}</p>`
  }${judgement === null ? null : gapTable(judgement, shown)}</section>`;
}

function dutyOf({ duty, level, unproven, restsOn = [] }: Judgement, shown: ShownValues): string {
  const { lane: words, dutyLevel } = shown.words;
  const item =
    duty === null
      ? null
      : duty.itemNumber === null
        ? words.noItem(duty.version)
        : words.item(duty.version, duty.itemNumber);
  const wanted = level === null ? null : shown.word(dutyLevel, level);
  const reasons = unproven.map((reason) => shown.word(shown.words.unproven, reason));
  const grounds = restsOn.map((ground) => shown.word(shown.words.restsOn, ground));
  return [item, wanted, ...reasons, ...grounds].filter(Boolean).join(' · ');
}

function gapTable({ gaps }: Judgement, shown: ShownValues): Html | null {
  if (gaps.length === 0) return null;
  const { lane: words, gapReason } = shown.words;
  return html`<table class="gaps"><thead><tr><th>${words.gaps}</th><th>${words.gapFrom}</th><th>${words.gapTo}</th><th></th></tr></thead><tbody>${gaps.map(
    ({ kind, from, fromDoubtMs, to, toDoubtMs, explanation }) =>
      html`<tr><td>${words.gapKind[kind]}</td><td>${shown.doubted(from, fromDoubtMs)}</td><td>${shown.doubted(to, toDoubtMs)}</td><td>${
        explanation === null
          ? words.unexplained
          : words.explained(shown.word(gapReason, explanation.reasonCode), explanation.approvedBy)
      }</td></tr>`,
  )}</tbody></table>`;
}

export function questionSection(content: Content, shown: ShownValues): Html {
  const { questions: names, question, none, yes } = shown.words;
  if (content.questions.length === 0) return html`<p>${none}</p>`;
  const rows = content.questions.map(({ code, blocks, activityId, clipId, officerId, detail }) => [
    shown.word(question, code),
    lines([
      ...(activityId === null ? [] : [activityName(content, activityId, shown)]),
      ...(officerId === null ? [] : [officerName(content, officerId)]),
      ...(clipId === null ? [] : [clipName(content, clipId)]),
    ]),
    detail === null ? '' : detailOf(detail, shown),
    blocks ? html`<span class="blocks">${yes}</span>` : '',
  ]);
  return table([names.code, names.about, names.detail, names.blocks], rows);
}

/** A detail is a row of codes of one of these vocabularies, or a number. */
function detailOf(detail: string, { words }: ShownValues): string {
  const known: Readonly<Record<string, string>> = {
    ...words.unproven,
    ...words.personConcern,
    ...words.exceptionKind,
    ...words.deadlineKind,
  };
  return detail
    .split(' ')
    .map((code) => known[code] ?? code)
    .join(' · ');
}

function activityName({ activities }: Content, activityId: string, { words }: ShownValues): string {
  const index = activities.findIndex(({ facts }) => facts.activityId === activityId);
  const kind = activities[index]?.facts.kind;
  return kind === undefined ? activityId : `${index + 1}. ${words.activity[kind]}`;
}

function officerName({ people }: Content, officerId: string): string {
  return people.find((officer) => officer.officerId === officerId)?.facts?.name ?? officerId;
}

function clipName({ footage }: Content, clipId: string): string {
  return footage.find((clip) => clip.clipId === clipId)?.name ?? clipId;
}

export function footageSection(content: Content, shown: ShownValues): Html {
  const { clip: names, none } = shown.words;
  if (content.footage.length === 0) return html`<p>${none}</p>`;
  const heads = [names.name, names.recorded, names.recorder, names.link, names.custody];
  const rows = content.footage.map((clip) => clipCells(clip, content, shown));
  return html`<div class="footage">${table(heads, rows)}</div>`;
}

function clipCells(clip: PacketClip, content: Content, shown: ShownValues): HtmlPart[] {
  const { words } = shown;
  const { clip: names } = words;
  const notes = [
    shown.word(words.clipKind, clip.kind),
    shown.bytes(clip.sizeBytes),
    ...(clip.isMarked ? [names.marked] : []),
    ...(clip.quarantine === null ? [] : [names.quarantined]),
  ];
  const doubts = clip.doubts.map((doubt) => shown.word(words.clipDoubt, doubt));
  return [
    lines([
      clip.name,
      html`<span class="small">${notes.join(' · ')}</span>`,
      html`<span class="hash">${clip.clipId}</span>`,
      html`<span class="hash">${clip.sha256 ?? names.noHash}</span>`,
    ]),
    lines([
      shown.instant(clip.start),
      shown.instant(clip.end),
      ...(doubts.length === 0
        ? []
        : [html`<span class="small">${words.instant.doubts(doubts.join(', '))}</span>`]),
    ]),
    lines([
      clip.recorderSerialNumber ?? clip.recorderId,
      clip.wearerId === null ? names.unknownWearer : officerName(content, clip.wearerId),
    ]),
    lines(
      clip.links.map(
        ({ activityId, source, confidence }) =>
          `${activityId === null ? '' : `${activityName(content, activityId, shown)}: `}${shown.word(words.linkSource, source)} (${shown.word(words.linkConfidence, confidence)})`,
      ),
    ),
    lines([
      ...(clip.custody.sealed === null ? [] : [names.sealed(clip.custody.sealed)]),
      ...(clip.custody.newest === null ? [] : [names.newest(clip.custody.newest)]),
      ...(clip.receipts.length === 0
        ? [names.noReceipt]
        : clip.receipts.map(({ target, storedAt }) => names.receipt(target, shown.time(storedAt)))),
    ]),
  ];
}

export function peopleSection({ people }: Content, shown: ShownValues): Html {
  const { person: names, none } = shown.words;
  if (people.length === 0) return html`<p>${none}</p>`;
  const heads = [names.name, names.unit, names.certificate, names.categories, names.area, names.concerns];
  return table(
    heads,
    people.map((officer) => officerCells(officer, shown)),
  );
}

function officerCells(
  { officerId, facts, unitName, concerns }: PacketOfficer,
  shown: ShownValues,
): HtmlPart[] {
  const { words } = shown;
  const warnings = lines(concerns.map(({ code }) => shown.word(words.personConcern, code)));
  if (facts === null)
    return [officerId, '', '', '', '', concerns.length === 0 ? words.person.unknown : warnings];
  return [
    lines([facts.name, html`<span class="small">${facts.post}</span>`]),
    unitName ?? facts.unitId,
    lines([
      facts.certificateNumber ?? words.none,
      html`<span class="small">${facts.validFrom ?? '…'} – ${facts.validUntil ?? '…'}</span>`,
    ]),
    facts.categories.map((category) => shown.word(words.category, category)).join('、'),
    facts.area ?? '',
    warnings,
  ];
}

export function deadlineSection(content: Content, shown: ShownValues): Html {
  const { deadline: names, deadlineKind, deadlineState, none } = shown.words;
  if (content.deadlines.length === 0) return html`<p>${none}</p>`;
  const rows = content.deadlines.map(({ kind, activityId, dueAt, state }) => [
    shown.word(deadlineKind, kind),
    activityId === null ? '' : activityName(content, activityId, shown),
    shown.time(dueAt),
    shown.word(deadlineState, state),
  ]);
  return table([names.kind, names.about, names.due, names.state], rows);
}

export function listSection({ dutyLists }: Content, shown: ShownValues): Html {
  const { list: names, none } = shown.words;
  if (dutyLists.length === 0) return html`<p>${none}</p>`;
  const rows = dutyLists.map(({ name, departmentId, version, sha256 }) => [
    name ?? '',
    departmentId,
    version,
    html`<span class="hash">${sha256}</span>`,
  ]);
  return table([names.name, names.department, names.version, names.hash], rows);
}
