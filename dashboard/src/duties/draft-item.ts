import type { DutyItem, DutyListContent } from '@docket/gateway/contract';

/** A copy that shares nothing, of plain data that Vue may have wrapped. */
export function copyOf<Thing>(thing: Thing): Thing {
  return JSON.parse(JSON.stringify(thing)) as Thing;
}

/** A number that no item has: one more than the highest whole one. */
export function nextNumber(items: readonly Pick<DutyItem, 'number'>[]): string {
  const numbers = items.map(({ number }) => Number(number)).filter((number) => Number.isInteger(number));
  return String(Math.max(0, ...numbers) + 1);
}

/** A new row, with what a person has to fill in left empty. */
export function newItem(content: DutyListContent, document: string): DutyItem {
  return {
    number: nextNumber(content.items),
    categories: '*',
    matter: null,
    steps: '*',
    activities: ['on-site-inspection'],
    place: null,
    mediaKinds: ['video', 'audio', 'photo', 'cctv'],
    recordedBy: null,
    startTrigger: null,
    endTrigger: null,
    content: null,
    recordClass: null,
    timeLimit: null,
    retention: 'same-as-file',
    level: 'required',
    note: null,
    basis: { document, sentence: '' },
    isDerived: false,
  };
}

/** A list of a department that has none. */
export function emptyContent(document: string): DutyListContent {
  const basis = { document, sentence: '' };
  return {
    categories: [],
    steps: {
      names: [
        'filing',
        'investigation',
        'evidence',
        'review',
        'decision',
        'service',
        'execution',
        'archiving',
      ],
      isDefault: true,
    },
    items: [],
    wholeProcess: { effect: 'own-list', triggers: [], activities: '*', basis, isDerived: false, note: null },
    publishing: [],
    certificateIssuers: [],
    reviewCategories: '*',
    publishesValidity: false,
    sources: [],
  };
}

/** The rows of a table in place of, or after, those that are there: a row whose number is there already replaces it. */
export function withRows(items: readonly DutyItem[], rows: readonly DutyItem[]): DutyItem[] {
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  const known = new Set(items.map(({ number }) => number));
  return [
    ...items.map((item) => byNumber.get(item.number) ?? item),
    ...rows.filter(({ number }) => !known.has(number)),
  ];
}
