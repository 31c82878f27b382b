import { IngestError } from '../errors.ts';
import type { DutyListContent } from './duty-list.ts';

/** Holds a list to what no schema can say. Throws IngestError DUTY_LIST_INVALID. */
export function checkDutyList({ items }: DutyListContent): void {
  const numbers = new Set<string>();
  for (const { number } of items) {
    if (numbers.has(number)) {
      throw new IngestError('DUTY_LIST_INVALID', `two items have the number ${number}`);
    }
    numbers.add(number);
  }
}
