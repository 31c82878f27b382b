import { type Static, Type } from '@docket/device-protocol/schema';
import { ClockStatement, ClockVerdict } from './clock.ts';
import { Identifier, Instant, nullable, oneOf } from './terms.ts';

export const SlotState = oneOf(
  [
    'empty',
    'attached',
    'identifying',
    'listing',
    'copying',
    'verifying',
    'safe',
    'releasing',
    'configuring',
    'updating',
    'attention',
    'failed',
  ],
  'What an officer or IT staff sees at a glance. `safe`: every clip stands verified in the store. `configuring`: an operator has something written to the recorder. `updating`: it gets other firmware. `attention`: done, but a person must look. `failed`: the docking could not go on.',
);
export type SlotState = Static<typeof SlotState>;

export const SlotIssueCode = oneOf(
  [
    'unknown-device',
    'foreign-device',
    'no-volume',
    'no-serial-line',
    'mode-switch-refused',
    'recorder-silent',
    'recorder-gone',
    'protocol-violation',
    'driver-crashed',
    'clips-quarantined',
    'store-full',
    'store-failed',
    'release-failed',
    'firmware-failed',
    'internal-error',
  ],
  'The first four are about a device that is shown but not docked. `unknown-device`: of no known model; `foreign-device`: with an interface that no recorder has any business with; `no-volume`, `no-serial-line`: a known model whose card was not mounted, or whose serial line did not come.',
);
export type SlotIssueCode = Static<typeof SlotIssueCode>;

export const SlotIssue = Type.Object({ code: SlotIssueCode, detail: Type.String() });

export const DockingProgress = Type.Object({
  clipsTotal: Type.Integer({ description: 'Entries found on the recorder.' }),
  clipsKnown: Type.Integer({
    description: 'Already in the store from an earlier docking; not copied again.',
  }),
  clipsDone: Type.Integer({ description: 'Copied and verified in this docking.' }),
  clipsQuarantined: Type.Integer(),
  clipsReleased: Type.Integer(),
  bytesTotal: Type.Integer({ description: 'Bytes to copy in this docking.' }),
  bytesDone: Type.Integer(),
  bytesPerSecond: Type.Number(),
  secondsLeft: nullable(Type.Number()),
  currentClipName: nullable(Type.String()),
});
export type DockingProgress = Static<typeof DockingProgress>;

export const RecorderSummary = Type.Object({
  recorderId: Identifier,
  serialNumber: nullable(Type.String()),
  vendor: nullable(Type.String()),
  model: nullable(Type.String()),
  firmware: nullable(Type.String()),
  officerNumber: nullable(Type.String()),
  driver: Type.String(),
});
export type RecorderSummary = Static<typeof RecorderSummary>;

export const RecorderConcern = oneOf(
  ['identity-conflict', 'out-of-service'],
  'What a person should know of a docked recorder. `identity-conflict`: it names another officer than it was issued to; `out-of-service`: it was given up as lost, broken or retired.',
);
export type RecorderConcern = Static<typeof RecorderConcern>;

export const Capability = oneOf(
  [
    'readClock',
    'setClock',
    'battery',
    'capacity',
    'hashOnDevice',
    'erase',
    'modeSwitch',
    'writeIdentity',
    'firmware',
  ],
  'Something a recorder can do beyond being listed and read.',
);
export type Capability = Static<typeof Capability>;

export const Slot = Type.Object({
  slot: Type.String({ description: 'USB port path; the identity of the slot.' }),
  label: nullable(Type.String()),
  state: SlotState,
  safeToUndock: Type.Boolean(),
  since: Instant,
  dockingId: nullable(Identifier),
  recorder: nullable(RecorderSummary),
  capabilities: Type.Array(Capability, { description: 'Empty until the recorder is open.' }),
  concerns: Type.Array(RecorderConcern),
  clock: ClockStatement,
  clockVerdict: ClockVerdict,
  progress: nullable(DockingProgress),
  issue: nullable(SlotIssue),
});
export type Slot = Static<typeof Slot>;

export const DockingState = oneOf(['open', 'complete', 'interrupted', 'failed']);

export const Docking = Type.Object({
  dockingId: Identifier,
  slot: Type.String(),
  driver: Type.String(),
  recorder: nullable(RecorderSummary),
  state: DockingState,
  attachedAt: Instant,
  safeAt: nullable(Instant),
  detachedAt: nullable(Instant),
  clock: ClockStatement,
  clockVerdict: ClockVerdict,
  clipsListed: Type.Integer(),
  clipsPulled: Type.Integer(),
  clipsKnown: Type.Integer(),
  clipsQuarantined: Type.Integer(),
  failure: nullable(SlotIssue),
  concerns: Type.Array(RecorderConcern),
});
export type Docking = Static<typeof Docking>;

export const DockingPage = Type.Object({
  dockings: Type.Array(Docking),
  nextCursor: nullable(Type.String()),
});
export type DockingPage = Static<typeof DockingPage>;
