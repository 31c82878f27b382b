import type { LiveReason } from '@docket/gateway/contract';
import { useWords } from '../use-words.ts';
import { codecName } from './codec-name.ts';

/** Words for why there is a gap or an alarm; none where what is kept is older than reasons. */
export function useLiveReason(): (reason: LiveReason | null) => string {
  const { t, word, bytes, count, locale, instant } = useWords();
  const seconds = (milliseconds: number) =>
    new Intl.NumberFormat(locale.value, { maximumFractionDigits: 1 }).format(milliseconds / 1_000);

  function places(reason: LiveReason): Record<string, string> {
    switch (reason.kind) {
      case 'feed-ended':
        return { how: t(`liveReason.how.${reason.how}`) };
      case 'clock-moved':
        return { seconds: seconds(reason.byMs) };
      case 'time-stamps-moved':
        return { track: t(`liveReason.track.${reason.media}`), seconds: seconds(reason.byMs) };
      case 'time-stamps-anew':
      case 'time-stamps-stood':
      case 'format-changed':
        return { track: t(`liveReason.track.${reason.media}`) };
      case 'codec-misnamed':
        return {
          track: t(`liveReason.track.${reason.media}`),
          told: codecName(reason.told),
          found: codecName(reason.found),
        };
      case 'turned-too-often':
        return { segments: count(reason.segments) };
      case 'units-lost':
        return { units: count(reason.units) };
      case 'store-refused':
        return { code: word('liveReason.store', reason.code ?? 'unknown') };
      case 'store-slow':
        return { size: bytes(reason.waitingBytes) };
      case 'too-many-streams':
        return { streams: count(reason.streams) };
      case 'wrong-credentials':
        return {
          by: reason.by.toUpperCase(),
          address: reason.address,
          name: reason.name ?? t('liveReason.noName'),
        };
      case 'may-not-send':
        return { name: reason.name };
      case 'footage-missing':
        return {
          seconds: seconds(reason.seconds * 1_000),
          from: Number.isNaN(Date.parse(reason.from)) ? reason.from : instant(reason.from),
        };
      default:
        return {};
    }
  }

  /** None where an older Docket noted how often alone. */
  function losses({ pictures, sound }: Extract<LiveReason, { kind: 'units-lost' }>): string {
    const words = (
      [
        ['pictures', pictures],
        ['sound', sound],
      ] as const
    ).flatMap(([of, lost]) => [
      ...(lost === undefined || lost.missingMs === 0
        ? []
        : [t(`liveReason.lost.${of}.missing`, { ms: count(lost.missingMs) })]),
      ...(lost === undefined || lost.damaged === 0
        ? []
        : [t(`liveReason.lost.${of}.damaged`, { count: count(lost.damaged) })]),
    ]);
    return words.join(t('liveReason.lost.and'));
  }

  return (reason) => {
    if (reason === null) return '';
    const lost = reason.kind === 'units-lost' ? losses(reason) : '';
    return lost === '' ? t(`liveReason.kind.${reason.kind}`, places(reason)) : lost;
  };
}
