import { type Static, Type } from '@docket/device-protocol/schema';
import { Calibration } from './calibration.ts';
import { Clip } from './clip.ts';
import { Slot } from './docking.ts';
import { LiveAlarm } from './live.ts';
import { Operation } from './operation.ts';
import { Recorder } from './recorder.ts';

/**
 * Server-sent events on `GET /api/v1/events`: `event:` is the type, `data:` its JSON. On (re)connection the client
 * reads the resources once; after that each event carries the whole resource as it now stands.
 */
export const GatewayEvent = Type.Union([
  Type.Object({ type: Type.Literal('slot'), slot: Slot }),
  Type.Object({ type: Type.Literal('slot-removed'), slot: Type.String() }),
  Type.Object({ type: Type.Literal('calibration'), calibration: Calibration }),
  Type.Object({ type: Type.Literal('clip'), clip: Clip }),
  Type.Object(
    { type: Type.Literal('mapping') },
    { description: 'Links of clips or the queue changed: what shows them reads them anew.' },
  ),
  Type.Object({ type: Type.Literal('recorder'), recorder: Recorder }),
  Type.Object({ type: Type.Literal('health'), state: Type.String() }),
  Type.Object(
    { type: Type.Literal('live') },
    {
      description:
        'A live stream came, changed or went, or how recorders send: what shows them reads them anew.',
    },
  ),
  Type.Object({ type: Type.Literal('operation'), operation: Operation }),
  Type.Object({ type: Type.Literal('alarm'), alarm: LiveAlarm }),
  Type.Object(
    { type: Type.Literal('archive') },
    { description: 'An archive target, its queue or a feed changed: what shows them reads them anew.' },
  ),
]);
export type GatewayEvent = Static<typeof GatewayEvent>;
