import { Type } from '@docket/device-protocol/schema';
import { caseCategories } from '@docket/ingest';
import { choice, section } from './setting.ts';

export const coverage = section(
  {
    title: 'Coverage',
    description: 'How footage is held against the duties of a case (记录完整性); see docs/coverage.md.',
  },
  {
    joinToleranceMs: Type.Integer({
      title: 'Longest pause that is no gap',
      description:
        'A whole-process recording may pause this long, as recorders do when they begin a new file. Longer pauses are gaps.',
      unit: 'ms',
      minimum: 0,
      maximum: 60_000,
      default: 2_000,
    }),
    twoOfficerCategories: Type.Array(
      choice(caseCategories, { title: 'Category', description: 'An enforcement category (执法类别).' }),
      {
        title: 'Categories that want two officers',
        description:
          'An activity of such a case with fewer than two officers with valid certificates is flagged for review (行政处罚法 §42); other laws may allow one.',
        default: ['penalty', 'inspection'],
        uniqueItems: true,
        maxItems: 8,
      },
    ),
  },
);
