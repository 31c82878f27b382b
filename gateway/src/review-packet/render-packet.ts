import type { ReviewPacket } from '@docket/ingest';
import type { Language } from '../messages/index.ts';
import { reviewPacketEn } from '../messages/review-packet-en.ts';
import { reviewPacketZhCN } from '../messages/review-packet-zh-cn.ts';
import { lanePatterns } from './coverage-lane.ts';
import { type Html, html } from './html.ts';
import { operationSection } from './operation-section.ts';
import {
  caseSection,
  coverageSection,
  deadlineSection,
  footageSection,
  listSection,
  peopleSection,
  questionSection,
} from './packet-sections.ts';
import { packetStyle } from './packet-style.ts';
import { ShownValues } from './shown-values.ts';

export interface PacketPrint {
  packet: ReviewPacket;
  /** SHA-256 of the packet's bytes, hex. */
  sha256: string;
  language: Language;
  /** IANA zone in which times are shown. */
  zone: string;
  /** Where the same packet is in the other language; `null` on paper. */
  otherLanguageHref: string | null;
}

const packetWords = { 'zh-CN': reviewPacketZhCN, en: reviewPacketEn } as const;

/** What the page may do: show itself. No script, nothing loaded, nothing sent. */
export const packetPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The packet as a page for screen and A4. The same packet always gives the same page. */
export function renderPacket({ packet, sha256, language, zone, otherLanguageHref }: PacketPrint): string {
  const words = packetWords[language];
  const shown = new ShownValues(words, zone);
  const { content } = packet;
  const { sections } = words;
  const title = `${words.title} ${content.case.number ?? content.case.name}`;
  return html`<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${packetPolicy}"><meta name="viewport" content="width=device-width"><title>${title}</title>${packetStyle}</head><body>
${otherLanguageHref === null ? null : html`<p class="screen"><a href="${otherLanguageHref}">${words.otherLanguage}</a></p>`}
${lanePatterns}
<h1>${words.title}</h1><p class="subtitle">${words.subtitle}</p>
<div class="head"><p>${words.madeAt(shown.time(packet.madeAt), packet.madeBy)}</p>
<p>${words.hashOfPacket} <span class="hash">${sha256}</span></p>
<p>${words.custodyHead} <span class="hash">${words.custodyHeadText(packet.custodyHead.size, packet.custodyHead.rootHash)}</span></p>
<p class="small">${words.hashNote} ${words.times(zone)}</p>
${readiness(packet, words)}</div>
<h2>${sections.case}</h2>${caseSection(content, shown)}
<h2>${sections.questions}</h2>${questionSection(content, shown)}
<h2>${sections.coverage}</h2>${coverageSection(content, shown)}
<h2>${sections.people}</h2>${peopleSection(content, shown)}
<h2>${sections.footage}</h2>${footageSection(content, shown)}
${operationSection(content, shown)}<h2>${sections.deadlines}</h2>${deadlineSection(content, shown)}
<h2>${sections.lists}</h2>${listSection(content, shown)}
<div class="signatures"><h2>${sections.opinion}</h2>${signatures(words)}</div>
<footer class="small">${words.page(sha256.slice(0, 16))}</footer>
</body></html>
`.markup;
}

function readiness({ content }: ReviewPacket, words: typeof reviewPacketZhCN): Html {
  const { reviewReady, blocking } = content.readiness;
  const reasons = blocking.map((code) => words.question[code]).join('; ');
  return html`<p><span class="readiness ${reviewReady ? 'is-ready' : 'is-not-ready'}">${
    reviewReady ? words.ready : words.notReady
  }</span> ${reasons}</p><p class="small">${words.readyNote}</p>`;
}

function signatures({ opinion }: typeof reviewPacketZhCN): Html {
  return html`<table><tbody><tr><td colspan="2" class="opinion"></td></tr><tr><td colspan="2" style="height:auto">${opinion.finding}</td></tr><tr><td>${opinion.submitter}</td><td>${opinion.reviewer}</td></tr><tr><td>${opinion.day}</td><td>${opinion.seal}</td></tr></tbody></table>`;
}
