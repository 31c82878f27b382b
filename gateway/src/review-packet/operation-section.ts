import type { PacketBookmark, PacketOperation, ReviewContent } from '@docket/ingest';
import { type Html, type HtmlPart, html } from './html.ts';
import type { ShownValues } from './shown-values.ts';

/** On-site operations with their bookmarks; nothing where the case had none. */
export function operationSection(content: ReviewContent, shown: ShownValues): Html {
  const operations = content.operations ?? [];
  if (operations.length === 0) return html``;
  return html`<h2>${shown.words.sections.operations}</h2>${operations.map((operation) =>
    oneOperation(operation, content, shown),
  )}`;
}

function oneOperation(operation: PacketOperation, content: ReviewContent, shown: ShownValues): Html {
  const { operation: words } = shown.words;
  const { title, place, openedAt, openedBy, closedAt, bookmarks } = operation;
  const span = words.span(shown.time(openedAt), closedAt === null ? words.going : shown.time(closedAt));
  const about = [span, place, openedBy].filter(Boolean).join(' · ');
  const heads = [words.moment, words.mark, words.madeBy, words.inClip];
  const rows = bookmarks.map((bookmark) => cells(bookmark, content, shown));
  return html`<section><h3>${title}</h3><p class="small">${about}</p>${
    rows.length === 0
      ? null
      : html`<table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${rows.map(
          (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`,
        )}</tbody></table>`
  }</section>`;
}

function cells(bookmark: PacketBookmark, content: ReviewContent, shown: ShownValues): HtmlPart[] {
  const { operation: words, bookmark: kinds } = shown.words;
  const { kind, text, at, madeBy, struck, clips } = bookmark;
  const said = [shown.word(kinds, kind), text].filter(Boolean).join('：');
  const mark =
    struck === null
      ? said
      : html`<s>${said}</s> <span class="small">${words.struck(struck.by, struck.reason)}</span>`;
  const places = clips.map(({ clipId, positionMs, doubtMs }) => {
    const name = content.footage.find((clip) => clip.clipId === clipId)?.name ?? clipId;
    const position = clockText(positionMs);
    return doubtMs === null
      ? words.recording(name, position)
      : words.position(name, position, (Math.ceil(doubtMs / 100) / 10).toFixed(1));
  });
  return [shown.time(at), mark, madeBy, html`${places.map((place) => html`<div>${place}</div>`)}`];
}

/** h:mm:ss into a clip. */
function clockText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
