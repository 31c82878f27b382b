import { type Static, Type } from '@docket/device-protocol/schema';
import { Identifier, Instant, nullable, oneOf } from './terms.ts';

const place = Type.String({
  description:
    'Where the port is on the machine: host controller, root hub and chain of ports. It outlives a new numbering of the buses.',
});

/** A place of the dock that has a label. */
export const SlotPlace = Type.Object({
  placeId: Identifier,
  place,
  slot: nullable(Type.String({ description: 'Its port path now; null while its controller is not there.' })),
  label: Type.String(),
  source: oneOf(['configuration', 'calibration'], 'The configuration stands above calibration.'),
  assignedAt: nullable(Instant),
  assignedBy: nullable(Type.String()),
});
export type SlotPlace = Static<typeof SlotPlace>;

/** The guided naming of slots. While it is active, what is plugged in is shown here and not docked. */
export const Calibration = Type.Object({
  active: Type.Boolean(),
  startedAt: nullable(Instant),
  startedBy: nullable(Type.String()),
  seen: nullable(
    Type.Object(
      {
        slot: Type.String(),
        placeId: Identifier,
        place,
        label: nullable(Type.String()),
        present: Type.Boolean(),
        at: Instant,
      },
      { description: 'What was plugged in last since it began.' },
    ),
  ),
  places: Type.Array(SlotPlace),
});
export type Calibration = Static<typeof Calibration>;

const label = Type.String({
  minLength: 1,
  maxLength: 40,
  pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f]*$',
  description: 'What is printed on the slot.',
});

export const AssignLabelRequest = Type.Object(
  { slot: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$' }), label },
  { additionalProperties: false },
);
export const RenamePlaceRequest = Type.Object({ label }, { additionalProperties: false });
