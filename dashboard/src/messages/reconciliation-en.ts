import type { reconciliationZhCN } from './reconciliation-zh-CN.ts';

export const reconciliationEn: typeof reconciliationZhCN = {
  section: 'Live recording and original',
  waiting: 'The recorder has not been docked since; nothing can be compared yet.',
  verdict: {
    confirmed: 'Same pictures',
    superseded: 'Original stands in its place',
    'live-only': 'Live recording only',
    'docked-only': 'Original only',
    undecided: 'Undecided',
  },
  explain: {
    confirmed: 'The original holds the same coded pictures, one by one.',
    superseded: 'The original surely covers this time in another encoding; the live recording is kept.',
    'live-only': 'The docked recorder was read whole and does not hold this: it was lost or deleted.',
    'docked-only': 'Live footage was expected here and did not come; the original covers it.',
    undecided: '',
  },
  reason: {
    'not-docked': 'the recorder has not been read whole since',
    'being-compared': 'pictures are being compared',
    'not-comparable': 'the pictures of the original cannot be read',
    'original-not-taken': 'a file of the recorder could not be taken',
    'original-time-unproven': 'the time of an original is not proven',
    'original-unsound': 'an original does not match its hash',
    'live-time-unproven': 'the time of the live recording is not proven',
    'within-doubt': 'within the doubt of where an original begins or ends',
    'pause-between-files': 'shorter than the usual pause between two files',
  },
  pictures: '{count} equal pictures',
  openOriginal: 'Open the original',
  openLive: 'Open the live recording',
};
