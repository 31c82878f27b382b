export interface StatisticsPolicy {
  /** IANA zone whose days are counted by. */
  zone: string;
  /** Hours after a recording within which it is handed in. */
  uploadHours: number;
}
