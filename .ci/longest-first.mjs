import { BaseSequencer } from 'vitest/node';

/** Takes longer than any other; begun last, one worker would run it alone at the end. */
const longest = /\/kill\.test\.js$/;

/** The usual order, with the longest test begun first. */
export class LongestFirst extends BaseSequencer {
  async sort(files) {
    const sorted = await super.sort(files);
    return [
      ...sorted.filter(({ moduleId }) => longest.test(moduleId)),
      ...sorted.filter(({ moduleId }) => !longest.test(moduleId)),
    ];
  }
}
