import type { disclosureZhCN } from './disclosure-zh-CN.ts';

export const disclosureEn: typeof disclosureZhCN = {
  title: 'Disclosure',
  explain: 'What the public is told, and how it fared. Published columns only, never footage.',
  all: 'All',
  empty: 'Nothing',
  kindLabel: 'What',
  subject: 'Subject',
  told: 'As told',
  said: 'At',
  delivery: 'Delivery',
  attempts: 'attempts: {count}',
  retry: 'Send again',
  counts: '{count} {state}',
  kind: {
    'duty-list': 'Duty list',
    'officer-list': 'Officer list',
    statistics: 'Statistics',
    decision: 'Decision',
  },
  act: { published: 'published', corrected: 'corrected', withdrawn: 'withdrawn' },
  state: {
    waiting: 'waiting',
    delivered: 'delivered',
    superseded: 'superseded',
    dead: 'refused',
  },
  way: { https: 'push', directory: 'file' },
};
