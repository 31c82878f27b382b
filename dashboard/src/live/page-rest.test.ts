import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PageRest } from './page-rest.ts';

class Page extends EventTarget {
  hidden = false;

  turn(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

function watched(page: Page) {
  const told: string[] = [];
  const rest = new PageRest(
    page,
    () => told.push('rest'),
    () => told.push('shown'),
  );
  return { told, rest };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a page rests after it was hidden for 20 s, and not after less', () => {
  const page = new Page();
  const { told } = watched(page);
  page.turn(true);
  vi.advanceTimersByTime(19_000);
  page.turn(false);
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual(['shown']);
  page.turn(true);
  vi.advanceTimersByTime(20_000);
  page.turn(false);
  expect(told).toEqual(['shown', 'rest', 'shown']);
});

test('one that is opened in the background rests until it is shown', () => {
  const page = new Page();
  page.hidden = true;
  const { told } = watched(page);
  expect(told).toEqual(['rest']);
  page.turn(false);
  expect(told).toEqual(['rest', 'shown']);
});

test('closed, it tells nothing more', () => {
  const page = new Page();
  const { told, rest } = watched(page);
  page.turn(true);
  rest.close();
  vi.advanceTimersByTime(60_000);
  page.turn(false);
  expect(told).toEqual([]);
});
