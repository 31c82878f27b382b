import type { DeletionCertificate } from '@docket/ingest';
import { type CertificateWords, certificateEn, certificateZhCN } from '../messages/certificate-words.ts';
import type { Language } from '../messages/index.ts';
import { type Html, html } from '../review-packet/html.ts';
import { packetStyle } from '../review-packet/packet-style.ts';

/** The certificate as a page for screen and A4; everything in it is escaped. `zone`: in which times are shown. */
export function renderCertificate(
  certificate: DeletionCertificate,
  { language, zone }: { language: Language; zone: string },
): string {
  const words = language === 'en' ? certificateEn : certificateZhCN;
  const other = language === 'en' ? 'zh-CN' : 'en';
  return html`<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${words.title} ${certificate.name}</title>${packetStyle}</head><body>
<p class="screen"><a href="?lang=${other}">${words.otherLanguage}</a></p>
<h1>${words.title}</h1><p class="subtitle">${words.subtitle}</p>
<table class="facts"><tbody>${rowsOf(certificate, words, zone)}</tbody></table>
<p class="small">${words.note} ${zone}</p>
</body></html>`.markup;
}

function rowsOf(certificate: DeletionCertificate, words: CertificateWords, zone: string): Html[] {
  const time = (instant: string | null) => (instant === null ? words.none : timeIn(instant, zone));
  const { rows } = words;
  const hash = (text: string | null) => html`<span class="hash">${text ?? words.none}</span>`;
  const approval = certificate.isByTwoPersons ? '' : words.onePerson;
  const lines: [string, Html | string | number][] = [
    [rows.name, certificate.name],
    [rows.clipId, hash(certificate.clipId)],
    [rows.recorder, certificate.recorderSerialNumber ?? certificate.recorderId],
    [rows.recorded, `${time(certificate.recordedFrom)} – ${time(certificate.recordedTo)}`],
    [rows.collectedAt, time(certificate.collectedAt)],
    [rows.sealedAt, time(certificate.sealedAt)],
    [rows.releasedAt, time(certificate.releasedAt)],
    [rows.sizeBytes, certificate.sizeBytes],
    [rows.sha256, hash(certificate.sha256)],
    [rows.recordSha256, hash(certificate.recordSha256)],
    [rows.class, words.classes[certificate.class]],
    [rows.keptUntil, time(certificate.keptUntil)],
    [rows.reason, certificate.reason],
    [rows.requested, `${certificate.requestedBy} ${time(certificate.requestedAt)}`],
    [rows.approved, `${certificate.approvedBy} ${time(certificate.approvedAt)} ${approval}`],
    [rows.approvalReason, certificate.approvalReason ?? words.none],
    [rows.startedAt, time(certificate.startedAt)],
    [rows.doneAt, time(certificate.doneAt)],
    [
      rows.receipts,
      html`${certificate.receipts.map(({ target, object, storedAt }) => html`<div>${target} ${time(storedAt)} ${hash(object)}</div>`)}`,
    ],
    [
      rows.archives,
      html`${certificate.archives.map(({ target, outcome }) => html`<div>${target}: ${words.outcomes[outcome]}</div>`)}`,
    ],
    [rows.requestId, hash(certificate.requestId)],
  ];
  return lines.map(([name, value]) => html`<tr><th>${name}</th><td>${value}</td></tr>`);
}

function timeIn(instant: string, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(
    new Date(instant),
  );
}
