/** How a maker's commands are put on the wire. A recorder of another maker is another row of data, not other code. */

export interface VendorFunction {
  /** Stands in the command at `opcodeAt`. */
  opcode: number;
  direction: 'read' | 'write';
  /** Length of the data; `variable` where the data says it. */
  dataBytes: number | 'variable';
  doc: string;
}

export type VendorFunctionName =
  | 'connect'
  | 'readModelCode'
  | 'readIdentity'
  | 'writeIdentity'
  | 'setTime'
  | 'enterStorage'
  | 'readResolution'
  | 'readBattery'
  | 'readCardState'
  | 'readLastStatus';

export interface VendorProfile {
  key: string;
  title: string;
  /** Matches vendor, product and revision of INQUIRY, with single spaces between. */
  inquiry: RegExp;
  /** First two bytes of a command. */
  read: readonly [number, number];
  write: readonly [number, number];
  commandBytes: number;
  opcodeAt: number;
  lengthAt: number;
  functions: Readonly<Record<VendorFunctionName, VendorFunction>>;
  /** Values of the last status. */
  results: Readonly<Record<VendorResultName, { value: number; doc: string }>>;
  maxPasswordBytes: number;
  /** An exchange may take so long: the recorder looks for its answer ten times, 200 ms apart. */
  exchangeMs: number;
}

export type VendorResultName =
  | 'connected'
  | 'notConnected'
  | 'passwordRight'
  | 'passwordWrong'
  | 'timeSet'
  | 'timeNotSet'
  | 'storageEntered'
  | 'storageRefused';

const read = (opcode: number, dataBytes: number, doc: string): VendorFunction => ({
  opcode,
  direction: 'read',
  dataBytes,
  doc,
});
const write = (opcode: number, dataBytes: number | 'variable', doc: string): VendorFunction => ({
  opcode,
  direction: 'write',
  dataBytes,
  doc,
});

export const dv16: VendorProfile = {
  key: 'dv16',
  title: 'JieLi DV16',
  inquiry: /\bDV16 DEVICE V\d/u,
  read: [0xfd, 0x81],
  write: [0xfb, 0x82],
  commandBytes: 16,
  opcodeAt: 5,
  lengthAt: 7,
  functions: {
    connect: write(0x01, 0, 'begins; the last status is then 1 or 2'),
    readModelCode: read(0x02, 6, 'code of maker and model, ASCII, ended by a NUL or the end'),
    readIdentity: read(0x03, 94, 'the identity block'),
    writeIdentity: write(0x04, 94, 'the identity block'),
    setTime: write(0x05, 8, 'the time block; the last status is then 5 or 6'),
    enterStorage: write(
      0x06,
      'variable',
      'the password, ASCII; the last status is then 4, 7 or 8, unless the recorder has left to come back as a disk',
    ),
    readResolution: read(0x07, 8, 'width and height, i32 little-endian each'),
    readBattery: read(0x08, 4, 'percent, i32 little-endian'),
    readCardState: read(0x0c, 4, 'i32 little-endian: 0 without a card'),
    readLastStatus: read(0x0e, 4, 'i32 little-endian: how the last function ended'),
  },
  results: {
    connected: { value: 1, doc: 'connected' },
    notConnected: { value: 2, doc: 'connecting failed' },
    passwordRight: { value: 3, doc: 'password accepted' },
    passwordWrong: { value: 4, doc: 'password refused' },
    timeSet: { value: 5, doc: 'time set' },
    timeNotSet: { value: 6, doc: 'time not set' },
    storageEntered: { value: 7, doc: 'changing to a disk' },
    storageRefused: { value: 8, doc: 'not changing to a disk' },
  },
  maxPasswordBytes: 16,
  exchangeMs: 2_000,
};

export const vendorProfiles: readonly VendorProfile[] = [dv16];

/** The command for a function, as the profile lays it out. */
export function vendorCommand(
  profile: VendorProfile,
  { opcode, direction }: VendorFunction,
  dataBytes: number,
): Uint8Array {
  const command = new Uint8Array(profile.commandBytes);
  command.set(profile[direction]);
  command[profile.opcodeAt] = opcode;
  command[profile.lengthAt] = dataBytes;
  return command;
}

/** `null` for a device of no known maker. */
export function profileFor(
  inquiry: { vendor: string; product: string; revision: string },
  profiles: readonly VendorProfile[] = vendorProfiles,
): VendorProfile | null {
  const { vendor, product, revision } = inquiry;
  const words = `${vendor} ${product} ${revision}`.replace(/\s+/gu, ' ');
  return profiles.find(({ inquiry: pattern }) => pattern.test(words)) ?? null;
}
