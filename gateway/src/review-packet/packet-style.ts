import { html } from './html.ts';

/** Screen and A4. Colours always go with a pattern or a word: packets are copied in black and white. */
export const packetStyle = html`<style>
@page { size: A4; margin: 16mm 14mm 18mm; }
* { box-sizing: border-box; }
html { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
body { font: 10pt/1.5 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif; color: #16202b; margin: 0 auto; max-width: 190mm; }
h1 { font-size: 18pt; margin: 0; text-align: center; letter-spacing: .04em; }
.subtitle { text-align: center; margin: 0 0 5mm; color: #46525f; }
h2 { font-size: 12pt; margin: 7mm 0 2mm; padding-bottom: 1mm; border-bottom: .5pt solid #16202b; break-after: avoid; }
h3 { font-size: 10.5pt; margin: 0; break-after: avoid; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; }
th, td { border: .4pt solid #8b96a3; padding: 1mm 1.6mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #eef1f4; font-weight: 600; white-space: nowrap; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.facts th { width: 24mm; }
.hash { font-family: "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace; font-size: 7.5pt; overflow-wrap: anywhere; }
.small { font-size: 8pt; color: #46525f; margin: 1mm 0; }
.head { border: .5pt solid #16202b; padding: 2mm 3mm; }
.head p { margin: .5mm 0; }
.readiness { display: inline-block; border: 1pt solid; padding: .5mm 3mm; font-weight: 600; }
.readiness.is-ready { border-style: solid; }
.readiness.is-not-ready { border-style: double; border-width: 3pt; }
.lane { margin: 3mm 0; break-inside: avoid; }
.lane svg { display: block; width: 100%; height: auto; }
.lane .about { display: flex; gap: 3mm; flex-wrap: wrap; align-items: baseline; }
.state { border: .6pt solid #16202b; padding: 0 1.5mm; font-size: 8.5pt; white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: 4mm; font-size: 8pt; margin: 1mm 0; align-items: center; }
.legend svg { width: 9mm; height: 3.5mm; vertical-align: -0.6mm; margin-right: 1mm; }
.footage td:first-child { width: 62mm; }
.gaps { width: auto; margin: 1mm 0 0; font-size: 8pt; }
.blocks { font-weight: 600; }
.signatures { break-inside: avoid; }
.signatures td { height: 16mm; width: 50%; }
.signatures .opinion { height: 38mm; }
.screen { text-align: right; font-size: 9pt; }
footer { margin-top: 5mm; }
@media screen { body { padding: 8mm; } }
@media print { .screen { display: none; } a { color: inherit; text-decoration: none; } }
</style>`;
