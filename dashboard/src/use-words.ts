import type { Clip, Slot } from '@docket/gateway/contract';
import { useI18n } from 'vue-i18n';
import { ApiProblem, Unreachable } from './api/request.ts';
import { formatBytes, formatBytesOf, formatExactBytes, formatRate } from './format/bytes.ts';
import { formatSeconds, readOffset } from './format/clock-offset.ts';
import { durationParts } from './format/duration.ts';
import { formatAgo, formatInstant, formatInstantExactly, formatTimeOfDay } from './format/instant.ts';
import { localOperator } from './session/acting-person.ts';

const longOffsetMs = 120_000;

/** Everything that turns facts into words and figures of the chosen language. */
export function useWords() {
  const { t, te, locale } = useI18n({ useScope: 'global' });

  /** A word for a value of an open set: the value itself where no word is known, never an empty place. */
  function word(group: string, value: string): string {
    const key = `${group}.${value}`;
    return te(key) || te(key, 'zh-CN') ? t(key) : value;
  }

  /** A message of a set that grows: an unknown code gets the words for “unlisted”. */
  function listed(group: string, code: string, part: string): string {
    const key = `${group}.${code}.${part}`;
    return t(te(key) ? key : `${group}.unlisted.${part}`);
  }

  function duration(milliseconds: number): string {
    const parts = durationParts(milliseconds);
    return t(`duration.${parts.unit}`, { ...parts });
  }

  function clock(statement: Slot['clock']): string {
    if (statement.state === 'unreadable') {
      if (statement.reason === 'not-read-yet') return t('clock.notReadYet');
      return t('clock.unreadableBecause', { reason: word('clock.reason', statement.reason) });
    }
    const reading = readOffset(statement.offsetMs, statement.halfWidthMs);
    const halfWidth = formatSeconds(reading.halfWidthMs, reading.decimals, locale.value);
    if (reading.direction === 'agrees') return t('clock.agrees', { halfWidth });
    if (reading.offsetMs >= longOffsetMs) {
      const offset = duration(reading.offsetMs);
      return t(`clock.${reading.direction}Long`, { offset, halfWidth });
    }
    const offset = formatSeconds(reading.offsetMs, reading.decimals, locale.value);
    return t(`clock.${reading.direction}`, { offset, halfWidth });
  }

  /** An instant of a clip, with what is known of its doubt. */
  function instantWithDoubt(time: Clip['utcStart']): string {
    if (time === null) return t('common.unknown');
    const { kind, value, halfWidthMs, notAfter } = time;
    if (value === null) {
      return notAfter === null
        ? t('common.unknown')
        : t('clipTime.notAfter', { time: formatInstant(notAfter, locale.value) });
    }
    const at = formatInstant(value, locale.value);
    const halfWidth =
      halfWidthMs === null ? '' : formatSeconds(halfWidthMs, halfWidthMs < 10_000 ? 1 : 0, locale.value);
    if (kind === 'bounded') return t('clipTime.bounded', { time: at, halfWidth });
    const guess =
      halfWidthMs === null
        ? t('clipTime.uncorrected', { time: at })
        : t('clipTime.guess', { time: at, halfWidth });
    if (notAfter === null) return guess;
    return (
      guess +
      t('common.listSeparator') +
      t('clipTime.notAfter', { time: formatInstant(notAfter, locale.value) })
    );
  }

  /** Who acted, as custody names them: at a dock without tokens people state their names, and nothing proves them. */
  function person(actor: string): string {
    if (actor === localOperator) return t('session.localOperator');
    const stated = `${localOperator}:`;
    return actor.startsWith(stated) ? t('session.stated', { name: actor.slice(stated.length) }) : actor;
  }

  function error(cause: unknown): string {
    if (cause instanceof Unreachable) return t('error.unreachable');
    if (!(cause instanceof ApiProblem)) return t('error.other', { detail: String(cause), status: '' });
    const known = `problem.${cause.code}`;
    if (te(known) || te(known, 'zh-CN')) return t(known);
    if (cause.status === 403) return t('error.forbidden');
    if (cause.status === 404) return t('error.notFound');
    return t('error.other', { detail: cause.message, status: cause.status });
  }

  return {
    t,
    locale,
    word,
    listed,
    duration,
    clock,
    instantWithDoubt,
    error,
    person,
    percent: (value: number) =>
      new Intl.NumberFormat(locale.value, { style: 'percent', maximumFractionDigits: 0 }).format(value / 100),
    count: (value: number) => new Intl.NumberFormat(locale.value).format(value),
    bytes: (value: number) => formatBytes(value, locale.value),
    bytesOf: (done: number, total: number) => formatBytesOf(done, total, locale.value),
    exactBytes: (value: number) => formatExactBytes(value, locale.value),
    rate: (value: number) => formatRate(value, locale.value),
    instant: (value: string) => formatInstant(value, locale.value),
    exactInstant: (value: string) => formatInstantExactly(value, locale.value),
    timeOfDay: (value: string | number) => formatTimeOfDay(value, locale.value),
    ago: (value: string, nowMs: number) => formatAgo(value, nowMs, locale.value),
  };
}
