import { Type } from '@docket/device-protocol/schema';
import { section } from './setting.ts';

export const mapping = section(
  {
    title: 'Mapping',
    description: 'Which clip belongs to which case, activity and step; see docs/mapping.md.',
  },
  {
    nearMs: Type.Integer({
      title: 'Near',
      description:
        'A clip whose time is not proven is linked by itself only where no second activity of its officer lies within this time of it. Such a link says `assumed`.',
      unit: 'ms',
      minimum: 3_600_000,
      maximum: 24 * 3_600_000,
      default: 12 * 3_600_000,
    }),
    codeSeconds: Type.Integer({
      title: 'Codes at the start',
      description:
        'How much of the start of each video is searched for a printed code shown to the camera. 0: codes are not read.',
      unit: 's',
      minimum: 0,
      maximum: 120,
      default: 15,
    }),
  },
);
