import type { CoverageGap, CoveringClip, Judgement } from '@docket/ingest';
import { type Html, html } from './html.ts';
import type { ShownValues } from './shown-values.ts';

const width = 1000;
const height = 74;
const bar = { top: 22, height: 26 };

/** Milliseconds to the places of the drawing: the duty with a tenth of its length on either side. */
interface Scale {
  at(timeMs: number): number;
}

/** The patterns and soft edges all lanes share; drawn once on the page. */
export const lanePatterns: Html = html`<svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs>
<pattern id="gap" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" fill="#fff"/><rect width="3" height="7" fill="#b3261e"/></pattern>
<pattern id="doubtful" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="7" height="7" fill="#fff"/><rect width="1.2" height="7" fill="#7a5b00"/></pattern>
<linearGradient id="rise"><stop offset="0" stop-color="#1f5f8b" stop-opacity="0.05"/><stop offset="1" stop-color="#1f5f8b" stop-opacity="0.75"/></linearGradient>
<linearGradient id="fall"><stop offset="0" stop-color="#1f5f8b" stop-opacity="0.75"/><stop offset="1" stop-color="#1f5f8b" stop-opacity="0.05"/></linearGradient>
</defs></svg>`;

/** One activity: the stretch that was to be recorded, the footage with soft edges, the gaps hatched. */
export function coverageLane(judgement: Judgement, label: string, shown: ShownValues): Html | null {
  const { startedMs, endedMs, timeDoubtMs } = judgement;
  if (startedMs === null || endedMs === null) return null;
  const lengthMs = Math.max(endedMs - startedMs, 1_000);
  const [fromMs, toMs] = [startedMs - lengthMs / 10, endedMs + lengthMs / 10];
  const scale: Scale = {
    at: (timeMs) => Math.min(width, Math.max(0, ((timeMs - fromMs) / (toMs - fromMs)) * width)),
  };
  const [start, end] = [scale.at(startedMs), scale.at(endedMs)];
  const doubtWidth = scale.at(startedMs + timeDoubtMs) - start;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
<rect x="${start}" y="${bar.top - 8}" width="${end - start}" height="${bar.height + 16}" fill="none" stroke="#16202b" stroke-width="1.5"/>
${timeDoubtMs === 0 ? null : [start, end].map((edge) => html`<rect x="${edge - doubtWidth}" y="${bar.top - 8}" width="${doubtWidth * 2}" height="${bar.height + 16}" fill="#16202b" fill-opacity="0.08"/>`)}
${judgement.clips.map((clip) => clipBar(clip, scale))}
${judgement.gaps.map((gap) => gapBar(gap, scale))}
${tick(start, shown.time(startedMs), 'start')}${tick(end, shown.time(endedMs), 'end')}
</svg>`;
}

function clipBar({ sure, possible, guess }: CoveringClip, scale: Scale): Html[] {
  const [fromMs, toMs] = [possible.fromMs ?? guess.fromMs, possible.toMs ?? guess.toMs];
  const outer = { from: fromMs === null ? 0 : scale.at(fromMs), to: toMs === null ? width : scale.at(toMs) };
  if (sure === null) {
    const middle = (outer.from + outer.to) / 2;
    return [piece(outer.from, middle, 'url(#rise)'), piece(middle, outer.to, 'url(#fall)')];
  }
  const inner = { from: scale.at(sure.fromMs), to: scale.at(sure.toMs) };
  return [
    piece(outer.from, inner.from, 'url(#rise)'),
    piece(inner.from, inner.to, '#1f5f8b'),
    piece(inner.to, outer.to, 'url(#fall)'),
  ];
}

function gapBar({ from, to, kind, explanation }: CoverageGap, scale: Scale): Html {
  const [left, right] = [scale.at(Date.parse(from)), scale.at(Date.parse(to))];
  const dashes = explanation === null ? 'none' : '4 3';
  return html`<rect x="${left}" y="${bar.top - 4}" width="${Math.max(right - left, 2)}" height="${bar.height + 8}" fill="url(#${kind === 'sure' ? 'gap' : 'doubtful'})" stroke="#16202b" stroke-width="0.8" stroke-dasharray="${dashes}"/>`;
}

function piece(from: number, to: number, fill: string): Html {
  return html`<rect x="${from}" y="${bar.top}" width="${Math.max(to - from, 0)}" height="${bar.height}" fill="${fill}"/>`;
}

function tick(x: number, text: string, anchor: 'start' | 'end'): Html {
  return html`<text x="${x}" y="${height - 4}" font-size="13" text-anchor="${anchor}" fill="#16202b">${text}</text>`;
}

/** What the drawing means. */
export function laneLegend({ words }: ShownValues): Html {
  const { legend } = words.lane;
  const sample = (fill: string, stroke: string) =>
    html`<svg viewBox="0 0 36 14" aria-hidden="true"><rect x="0.5" y="0.5" width="35" height="13" fill="${fill}" stroke="${stroke}"/></svg>`;
  return html`<div class="legend"><span>${sample('none', '#16202b')}${legend.duty}</span><span>${sample('#1f5f8b', 'none')}${legend.sure}</span><span>${sample('url(#rise)', 'none')}${legend.possible}</span><span>${sample('url(#gap)', '#16202b')}${legend.gap}</span><span>${sample('url(#doubtful)', '#16202b')}${legend.doubtful}</span></div>`;
}
