import type { IndexDatabase } from '../index-store/index-database.ts';
import type { Reckoning } from '../reckoning/reckoner.ts';
import { ActivityFacts } from './activity-facts.ts';
import { ClipFacts } from './clip-facts.ts';
import { ClockFacts } from './clock-facts.ts';
import type { StatisticsPolicy } from './statistics-policy.ts';
import { askStatistics, type StatisticsAnswer, type StatisticsQuestion } from './statistics-queries.ts';

/** 数据统计分析: facts kept true to what is known, and answers from them. */
export class Statistics {
  /** To run after mapping and after coverage. */
  readonly reckonings: readonly Reckoning[];
  readonly policy: StatisticsPolicy;
  readonly #database: IndexDatabase;

  constructor(database: IndexDatabase, policy: StatisticsPolicy) {
    this.#database = database;
    this.policy = policy;
    this.reckonings = [
      new ClipFacts(database, policy),
      new ActivityFacts(database, policy),
      new ClockFacts(database, policy),
    ];
  }

  /** See `askStatistics`. */
  ask(question: StatisticsQuestion): Promise<StatisticsAnswer> {
    return askStatistics(this.#database, question);
  }
}
