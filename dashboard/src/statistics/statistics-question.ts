import type { Grouping, MeasureName, StatisticsQuery } from '@docket/gateway/contract';

/** What the page asks for; the address line keeps it. */
export interface StatisticsChoice {
  measure: MeasureName;
  by: Grouping;
  /** The measure over time beside it. */
  over: 'day' | 'week' | 'month';
  from: string;
  to: string;
  isRandomInspection: boolean | null;
}

const overs = ['day', 'week', 'month'] as const;

/** The choice that an address line stands for; what it does not say is the last thirty days by category. */
export function choiceOf(query: Record<string, unknown>, today: Date): StatisticsChoice {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : null);
  const day = (name: string, daysBack: number) => {
    const given = text(name);
    return given !== null && /^\d{4}-\d{2}-\d{2}$/u.test(given) ? given : dayText(today, daysBack);
  };
  const random = text('random');
  return {
    measure: (text('measure') ?? 'coverage') as MeasureName,
    by: (text('by') ?? 'category') as Grouping,
    over: overs.find((one) => one === text('over')) ?? 'day',
    from: day('from', 29),
    to: day('to', 0),
    isRandomInspection: random === null ? null : random === 'yes',
  };
}

/** The same choice as an address line keeps it. */
export function addressOf(choice: StatisticsChoice): Record<string, string> {
  const { measure, by, over, from, to, isRandomInspection } = choice;
  const random: Record<string, string> =
    isRandomInspection === null ? {} : { random: isRandomInspection ? 'yes' : 'no' };
  return { measure, by, over, from, to, ...random };
}

/** What the gateway is asked, by one grouping. */
export function questionOf(
  { measure, from, to, isRandomInspection }: StatisticsChoice,
  by: Grouping,
): StatisticsQuery {
  return {
    measure,
    by: [by],
    from,
    to,
    ...(isRandomInspection === null ? {} : { isRandomInspection }),
  };
}

/** Calendar day `yyyy-mm-dd` where the reader is, some days before. */
export function dayText(today: Date, daysBack: number): string {
  const day = new Date(today);
  day.setDate(day.getDate() - daysBack);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
