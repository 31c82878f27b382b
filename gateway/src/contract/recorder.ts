import { type Static, Type } from '@docket/device-protocol/schema';
import { ClockStatement, ClockVerdict } from './clock.ts';
import { RecorderConcern, RecorderSummary } from './docking.ts';
import { Identifier, Instant, nullable, oneOf, saying } from './terms.ts';

export const RecorderState = oneOf(
  ['in-service', 'lost', 'broken', 'retired'],
  'Whether the recorder may be used. Every change of it stands in the ledger.',
);
export type RecorderState = Static<typeof RecorderState>;

export const RecorderBinding = Type.Object({
  officerNumber: Type.String(),
  officerName: Type.String(),
  numberOnRecorder: nullable(
    Type.String({
      description: 'What the recorder calls this officer, where that is not the officer number.',
    }),
  ),
  issuedAt: Instant,
});
export type RecorderBinding = Static<typeof RecorderBinding>;

/** Battery and room of a recorder at one docking. */
export const RecorderReading = Type.Object({
  at: Instant,
  dockingId: Identifier,
  batteryPercent: nullable(Type.Number()),
  capacityBytes: nullable(Type.Integer()),
  freeBytes: nullable(Type.Integer()),
});
export type RecorderReading = Static<typeof RecorderReading>;

export const Recorder = Type.Object({
  ...RecorderSummary.properties,
  identitySource: oneOf(
    ['device', 'identity-file', 'file-names', 'none', 'stated'],
    '`stated`: a person registered it, and no docking has read it yet.',
  ),
  firstSeenAt: Instant,
  lastSeenAt: Instant,
  dockings: Type.Integer(),
  clips: Type.Integer(),
  state: RecorderState,
  issuedTo: nullable(RecorderBinding),
  concerns: Type.Array(RecorderConcern),
  reading: nullable(RecorderReading),
  clock: ClockStatement,
  clockVerdict: ClockVerdict,
  clockFault: Type.Boolean({
    description: 'The clock was at fault at the last docking: the state of its verdict.',
  }),
  slot: nullable(Type.String({ description: 'Where the recorder stands docked now.' })),
});
export type Recorder = Static<typeof Recorder>;

export const RecorderClaim = oneOf(['serialNumber', 'vendor', 'model', 'firmware', 'officerNumber']);
export type RecorderClaim = Static<typeof RecorderClaim>;

export const RecorderChange = Type.Object(
  {
    at: Instant,
    dockingId: Identifier,
    slot: Type.String(),
    claim: RecorderClaim,
    before: nullable(Type.String()),
    after: nullable(Type.String()),
  },
  {
    description:
      'The recorder said something else of itself than before; `before` is null at its first word.',
  },
);
export type RecorderChange = Static<typeof RecorderChange>;

export const LedgerAct = oneOf(['issued', 'returned', 'state-changed']);
export type LedgerAct = Static<typeof LedgerAct>;

export const LedgerEntry = Type.Object({
  sequence: Type.Integer({ description: 'Position in the ledger of this dock, from 0.' }),
  at: Instant,
  operator: Type.String(),
  act: LedgerAct,
  officerNumber: nullable(Type.String()),
  officerName: nullable(Type.String()),
  numberOnRecorder: nullable(Type.String()),
  state: nullable(RecorderState),
  reason: Type.String(),
});
export type LedgerEntry = Static<typeof LedgerEntry>;

/** One recorder with all that is kept of it; lists begin with the newest and hold at most a thousand lines. */
export const RecorderFile = Type.Object({
  recorder: Recorder,
  changes: Type.Array(RecorderChange),
  readings: Type.Array(RecorderReading),
  ledger: Type.Array(LedgerEntry),
});
export type RecorderFile = Static<typeof RecorderFile>;

export const RecorderQuery = Type.Object({
  text: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'Part of serial number, model, vendor, officer number or name.',
    }),
  ),
  state: Type.Optional(RecorderState),
  officer: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'Part of the number or name of the officer it is issued to.',
    }),
  ),
  batteryBelow: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Per cent.' })),
  clockFault: Type.Optional(Type.Boolean()),
  concern: Type.Optional(Type.Boolean({ description: 'Only those with a concern.' })),
  notSeenForDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
});
export type RecorderQuery = Static<typeof RecorderQuery>;

const reason = saying(500, 'Why; kept in the ledger and in the custody log.');

export const IssueRequest = Type.Object(
  {
    officerNumber: saying(64, 'Certificate or police number of the officer.'),
    officerName: saying(64, 'Name of the officer.'),
    numberOnRecorder: Type.Optional(
      nullable(saying(32, 'What the recorder calls this officer, where that is not the officer number.')),
    ),
    reason,
  },
  { additionalProperties: false },
);
export type IssueRequest = Static<typeof IssueRequest>;

export const ReturnRequest = Type.Object({ reason }, { additionalProperties: false });
export type ReturnRequest = Static<typeof ReturnRequest>;

export const StateRequest = Type.Object({ state: RecorderState, reason }, { additionalProperties: false });
export type StateRequest = Static<typeof StateRequest>;

const identityPart = Type.Optional(nullable(saying(64, 'Left out or null: stays as it is.')));

export const IdentityRequest = Type.Object(
  {
    serialNumber: identityPart,
    officerNumber: identityPart,
    officerName: identityPart,
    unitCode: identityPart,
    unitName: identityPart,
    reason,
  },
  { additionalProperties: false },
);
export type IdentityRequest = Static<typeof IdentityRequest>;

const ReadIdentity = Type.Object({
  serialNumber: nullable(Type.String()),
  vendor: nullable(Type.String()),
  model: nullable(Type.String()),
  firmware: nullable(Type.String()),
  officerNumber: nullable(Type.String()),
});

/** What the recorder said of itself before and after the write, both times as read from it. */
export const IdentityWritten = Type.Object({ before: ReadIdentity, after: ReadIdentity });
export type IdentityWritten = Static<typeof IdentityWritten>;
