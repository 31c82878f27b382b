import type { ActivityCoverage, CoverageGap, CoveringClip } from '@docket/gateway/contract';
import { formatSeconds } from '../format/clock-offset.ts';
import { useWords } from '../use-words.ts';

/** What the shapes of a lane say in words: for a reader who does not see them, and for the line that a tap shows. */
export function useLaneWords() {
  const words = useWords();
  const { t, locale } = words;

  function doubt(doubtMs: number): string {
    const decimals = doubtMs > 0 && doubtMs < 10_000 ? 1 : 0;
    return t('cases.doubt', { seconds: formatSeconds(doubtMs, decimals, locale.value) });
  }

  /** A time of day and its doubt; without doubt, just the time. */
  function at(atMs: number, doubtMs: number): string {
    const time = words.timeOfDay(atMs);
    return doubtMs > 0 ? `${time} ${doubt(doubtMs)}` : time;
  }

  function fromTo(from: string, to: string): string {
    return t('cases.fromTo', { from, to });
  }

  function duty({ startedAt, endedAt, timeDoubtMs }: ActivityCoverage): string {
    if (startedAt === null) return t('cases.noTimes');
    const from = at(Date.parse(startedAt), timeDoubtMs);
    return endedAt === null
      ? t('cases.since', { time: from })
      : fromTo(from, at(Date.parse(endedAt), timeDoubtMs));
  }

  function footageTimes({ sure, possible, guess }: CoveringClip): string {
    if (sure !== null) {
      const before = possible.fromMs === null ? null : (sure.fromMs - possible.fromMs) / 2;
      const after = possible.toMs === null ? null : (possible.toMs - sure.toMs) / 2;
      const from =
        before === null
          ? t('cases.atLatest', { time: at(sure.fromMs, 0) })
          : at(sure.fromMs - before, before);
      const to =
        after === null ? t('cases.atLeast', { time: at(sure.toMs, 0) }) : at(sure.toMs + after, after);
      return fromTo(from, to);
    }
    if (guess.fromMs !== null && guess.toMs !== null) {
      const doubtMs = guess.doubtMs ?? 0;
      return t('cases.about', { times: fromTo(at(guess.fromMs, doubtMs), at(guess.toMs, doubtMs)) });
    }
    return t('cases.timesUnknown');
  }

  function footage(clip: CoveringClip): string {
    const parts = [
      `${clip.recorderId} ${t(`caseTerms.mediaKind.${clip.mediaKind}`)} ${footageTimes(clip)}`,
      ...(clip.isLate ? [t('cases.handedInLate')] : []),
      ...(clip.shortcoming === null ? [] : [words.word('caseTerms.unproven', clip.shortcoming)]),
    ];
    return parts.join(t('common.listSeparator'));
  }

  function gap({ from, fromDoubtMs, to, toDoubtMs, kind, explanation }: CoverageGap): string {
    const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
    const times = fromTo(at(fromMs, fromDoubtMs), at(toMs, toDoubtMs));
    const length = words.duration(toMs - fromMs);
    const parts = [t(kind === 'sure' ? 'cases.gap' : 'cases.doubtfulGap', { times, length })];
    if (explanation !== null) {
      const reason = words.word('caseTerms.gapReason', explanation.reasonCode);
      parts.push(t('cases.gapExplained', { reason, by: explanation.approvedBy }));
    }
    return parts.join(t('common.listSeparator'));
  }

  function day(instant: string): string {
    const options = { year: 'numeric', month: 'short', day: 'numeric' } as const;
    return new Intl.DateTimeFormat(locale.value, options).format(new Date(instant));
  }

  return { ...words, day, doubt, dutyTimes: duty, footage, gap };
}
