import { type Static, Type } from '@docket/device-protocol/schema';
import { archive } from './archive-section.ts';
import { coverage } from './coverage-section.ts';
import { disclosure, review } from './disclosure-section.ts';
import { live } from './live-section.ts';
import { mapping } from './mapping-section.ts';
import { calendar, deadlines, retention } from './retention-section.ts';
import { choice, entry, optionalInteger, optionalText, section, wordsOrInteger } from './setting.ts';

const slotPath = Type.String({
  title: 'Slot',
  description:
    'Port path of the slot, as the kernel names it, for example `1-1.4.2`; for a serial slot any name without a slash.',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$',
});

const dock = section(
  { title: 'This dock', description: 'How this docking station names itself.' },
  {
    name: Type.String({
      title: 'Name of the dock',
      description: 'Written into every custody entry as the actor `gateway:<name>`. Keep it once chosen.',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
      default: 'dock-1',
    }),
  },
);

const store = section(
  { title: 'Store', description: 'Where clips, their records, previews and the index are kept.' },
  {
    directory: Type.String({
      title: 'Folder of the store',
      description: 'A folder on a local file system with room for several days of footage.',
      minLength: 1,
      isPath: true,
    }),
    reserveBytes: Type.Integer({
      title: 'Space kept free',
      description:
        'No clip is pulled into this last part of the disk, so that the index can always be written.',
      unit: 'bytes',
      minimum: 16 * 1024 * 1024,
      maximum: Number.MAX_SAFE_INTEGER,
      default: 256 * 1024 * 1024,
    }),
    highWaterPercent: Type.Integer({
      title: 'High water',
      description:
        'When the disk is fuller than this, local copies of clips that the archive has signed for leave, the oldest first.',
      minimum: 10,
      maximum: 99,
      default: 85,
    }),
    lowWaterPercent: Type.Integer({
      title: 'Low water',
      description: 'They leave until the disk is no fuller than this.',
      minimum: 5,
      maximum: 98,
      default: 70,
    }),
    keepLocalDays: optionalInteger({
      title: 'Local time',
      description:
        'Local copies of clips that the archive has signed for leave so many days after they were sealed; records and receipts stay. `null`: not by time.',
      minimum: 0,
      maximum: 36_500,
    }),
  },
);

const volumes = section(
  { title: 'USB volumes', description: 'Recorders that show up as USB mass storage.' },
  {
    directory: optionalText({
      title: 'Folder where volumes appear',
      description:
        'One sub-folder a slot, named by its USB port path, with the recorder mounted read-only in it. `null`: no volumes are watched.',
      minLength: 1,
      isPath: true,
    }),
    writeAccessSocket: optionalText({
      title: 'Socket for write access',
      description:
        'Where `docket-volume-access` listens, which opens a read-only volume for the moment of release. `null`: volumes are erased only where they are mounted writable.',
      minLength: 1,
      isPath: true,
    }),
    nameProfiles: Type.Array(
      entry({
        name: Type.String({
          title: 'Name',
          description: 'Name of the profile.',
          pattern: '^[a-z0-9][a-z0-9-]{0,39}$',
        }),
        pattern: Type.String({
          title: 'Pattern',
          description:
            'A regular expression (ECMAScript, Unicode) over the whole file name. Named groups: `device`, `officer`; the start as `date` (yyyyMMdd) and `time` (HHmmss), or `year` `month` `day` `hour` `minute` `second`; `mark`, present in the name of a marked clip.',
          minLength: 1,
          maxLength: 1_000,
        }),
        timeZone: optionalText({
          title: 'Time zone',
          description:
            'IANA zone in which the names tell their time. `null`: the recorder’s own wall clock, in a zone its names do not tell.',
          minLength: 1,
        }),
      }),
      {
        title: 'Habits of naming',
        description:
          'What file names mean, beside the habits that Docket knows; these come first. A name that fits none is no fault.',
        default: [],
        maxItems: 32,
      },
    ),
    reconcileIntervalMs: Type.Integer({
      title: 'Time between two looks at the folder',
      description: 'Catches what the file system did not announce.',
      unit: 'ms',
      minimum: 100,
      maximum: 60_000,
      default: 2_000,
    }),
  },
);

const serial = section(
  { title: 'Serial ports', description: 'Recorders that speak SMP over a serial line.' },
  {
    ports: Type.Array(
      entry({
        devicePath: Type.String({
          title: 'Device',
          description: 'The serial device; prefer the stable names under `/dev/serial/by-path`.',
          minLength: 1,
          isPath: true,
        }),
        baudRate: Type.Integer({
          title: 'Speed',
          description: 'Speed of the line.',
          unit: 'baud',
          minimum: 1_200,
          maximum: 12_000_000,
          default: 115_200,
        }),
        slot: slotPath,
      }),
      { title: 'Ports', description: 'The serial ports to watch.', default: [], maxItems: 64 },
    ),
  },
);

const usb = section(
  { title: 'USB devices', description: 'Finding recorders on the USB bus.' },
  {
    detection: choice(['off', 'on'], {
      title: 'Whether to look at the bus',
      description:
        '`on`: recorders of known models are docked on whatever port they come, composite ones as one recorder; what is no recorder is shown and never opened. `off`: only the volumes and serial ports named in this file.',
      default: 'off',
    }),
    reconcileIntervalMs: Type.Integer({
      title: 'Time between two looks at the bus',
      description: 'Catches what was not announced.',
      unit: 'ms',
      minimum: 100,
      maximum: 60_000,
      default: 2_000,
    }),
    volumeWaitMs: Type.Integer({
      title: 'Wait for a card',
      description:
        'How long the card of a recorder may take to be mounted before its slot says that it has none. It is docked all the same when it comes later.',
      unit: 'ms',
      minimum: 1_000,
      maximum: 600_000,
      default: 30_000,
    }),
    passwords: Type.Array(
      entry({
        model: Type.String({
          title: 'Model',
          description: 'Key in the table of known models, `dv16-command`; `default` for all others.',
          pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
        }),
        password: Type.String({
          title: 'Password',
          description:
            'What recorders of the model want to hear before they show their card. Not a means of security: they tell it to whoever asks.',
          pattern: '^[\\x21-\\x7e]{1,64}$',
          isSecret: true,
        }),
      }),
      {
        title: 'Passwords of recorders',
        description: 'For recorders that show their card only when told to, with a password.',
        default: [],
        maxItems: 64,
      },
    ),
    serialAdapters: Type.Array(
      entry({
        device: Type.String({
          title: 'Device',
          description: 'Vendor and product id of the adapter in hex, as `lsusb` shows them: `0403:6001`.',
          pattern: '^[0-9a-f]{4}:[0-9a-f]{4}$',
        }),
        baudRate: Type.Integer({
          title: 'Speed',
          description: 'Speed of the line.',
          unit: 'baud',
          minimum: 1_200,
          maximum: 12_000_000,
          default: 115_200,
        }),
      }),
      {
        title: 'Serial adapters',
        description:
          'USB serial adapters that recorders hang on, on whatever port. Others are not opened: anything could hang on them.',
        default: [],
        maxItems: 64,
      },
    ),
  },
);

const drivers = section(
  { title: 'Drivers', description: 'Drivers beside those that Docket brings.' },
  {
    plugins: Type.Array(
      entry({
        package: Type.String({
          title: 'Package',
          description:
            'An ECMAScript module that exports a driver (docs/drivers.md): a path from the folder of this file, or the name of a package in `node_modules` there or beside the gateway.',
          minLength: 1,
        }),
        slots: Type.Array(slotPath, {
          title: 'Slots',
          description: 'Port paths of the slots it is used in. Empty: every slot.',
          default: [],
          maxItems: 256,
        }),
        options: Type.Unsafe<Record<string, unknown>>({
          title: 'Options',
          description: 'What the driver wants to be told; given to it as it stands here.',
          type: 'object',
          isSecret: true,
          default: {},
        }),
      }),
      {
        title: 'Plugins',
        description:
          'Driver plugins. Each runs in a process of its own for every recorder it opens, and goes before the drivers of Docket.',
        default: [],
        maxItems: 32,
      },
    ),
  },
);

const slots = Type.Array(
  entry({
    slot: slotPath,
    label: Type.String({
      title: 'Label',
      description: 'What is printed on the slot, shown beside it on every screen.',
      minLength: 1,
      maxLength: 40,
    }),
  }),
  {
    title: 'Slot labels',
    description:
      'Names for slots, as people see them. They stand above those given by `docket slots calibrate`.',
    default: [],
    maxItems: 256,
  },
);

const release = section(
  { title: 'Release', description: 'Freeing the recorder’s own copy.' },
  {
    policy: choice(['never', 'after-receipt'], {
      title: 'When to free the recorder',
      description:
        '`never`: the recorder is only read. `after-receipt`: a clip is freed once the archive’s receipt names its hash and length.',
      default: 'never',
    }),
    receipts: wordsOrInteger(['all', 'any'], {
      title: 'How many archives must have signed',
      description: '`all` that are configured, `any` one of them, or so many.',
      minimum: 1,
      maximum: 64,
      default: 'all',
    }),
    grade: choice(['gateway-verified', 'archive-signed'], {
      title: 'Which receipts count',
      description:
        '`gateway-verified`: those the gateway signs after it read the bytes back, and better. `archive-signed`: only those that a service beside the archive signed, having read the bytes itself.',
      default: 'gateway-verified',
    }),
  },
);

const pull = section(
  { title: 'Pull', description: 'Copying clips off recorders.' },
  {
    hashWorkers: optionalInteger({
      title: 'Hash workers',
      description: 'Threads that hash footage. `null`: one a processor core.',
      minimum: 1,
      maximum: 256,
    }),
    stallTimeoutMs: Type.Integer({
      title: 'Stall time-out',
      description: 'A clip of which no byte comes for this long is given up and tried again later.',
      unit: 'ms',
      minimum: 1_000,
      maximum: 3_600_000,
      default: 60_000,
    }),
    compareDeviceHash: Type.Boolean({
      title: 'Compare with the recorder’s own hash',
      description:
        'A recorder that can hash is asked for the SHA-256 of each clip it gave; one that differs is quarantined. Switch off where recorders take too long over it.',
      default: true,
    }),
  },
);

const clock = section(
  {
    title: 'Clocks',
    description: 'The dock’s own clock, and how recorders’ clocks are measured, judged and set.',
  },
  {
    hostSource: choice(['auto', 'chrony', 'timesyncd', 'system', 'assume-synchronised'], {
      title: 'Who tells how the dock’s clock stands',
      description:
        '`auto`: chrony, else systemd-timesyncd, else the kernel’s own state. While the answer is not “synchronised”, nothing is corrected and no recorder is set. `assume-synchronised`: the operator vouches for the clock (GPS receiver, demonstration), and every statement says so.',
      default: 'auto',
    }),
    assumedBoundMs: Type.Integer({
      title: 'Bound vouched for',
      description: 'With `assume-synchronised`: the dock’s clock is taken to be within this of UTC.',
      unit: 'ms',
      minimum: 1,
      maximum: 60_000,
      default: 100,
    }),
    samples: Type.Integer({
      title: 'Readings a docking',
      description:
        'Readings taken of a recorder’s clock in a row, spread over one step of it; each narrows the bounds.',
      minimum: 1,
      maximum: 32,
      default: 4,
    }),
    set: choice(['never', 'when-host-synchronised'], {
      title: 'When to set a recorder’s clock',
      description:
        '`when-host-synchronised`: at each docking, after it was read, where the recorder can be set and the dock’s clock is synchronised; then it is read again.',
      default: 'when-host-synchronised',
    }),
    driftMsPerDay: Type.Integer({
      title: 'Drift allowed in a day',
      description:
        'What a working clock may run away (GA/T 947: 3 s a day). More since it was last set is a fault; doubt about a time grows by this with the distance from a reading.',
      unit: 'ms',
      minimum: 1,
      maximum: 600_000,
      default: 3_000,
    }),
    faultOffsetMs: Type.Integer({
      title: 'Offset that is a fault',
      description: 'However long ago the clock was set.',
      unit: 'ms',
      minimum: 1,
      maximum: 3_600_000,
      default: 5_000,
    }),
    conflictMs: Type.Integer({
      title: 'Contradiction between sources',
      description:
        'Sources of a clip’s time (name, file time, container, satellites) that are further apart than this, beyond their own widths, are told as a contradiction.',
      unit: 'ms',
      minimum: 100,
      maximum: 3_600_000,
      default: 5_000,
    }),
    nameSlackMs: Type.Integer({
      title: 'Slack of names',
      description: 'How far from its first picture the time in a clip’s name may be on the recorders in use.',
      unit: 'ms',
      minimum: 0,
      maximum: 600_000,
      default: 2_000,
    }),
    assumedZone: Type.String({
      title: 'Time zone of recorders',
      description: 'IANA zone of wall clocks of which neither recorder nor habit tells the zone.',
      pattern: '^[A-Za-z][A-Za-z0-9+_-]{0,31}(?:/[A-Za-z0-9+_-]{1,31}){0,2}$',
      default: 'Asia/Shanghai',
    }),
  },
);

const firmware = section(
  {
    title: 'Firmware',
    description:
      'Firmware for recorders that take it over SMP. An image is sent only to a docked recorder all of whose clips are in the store.',
  },
  {
    publicKeys: Type.Array(
      entry({
        name: Type.String({
          title: 'Name',
          description: 'Who signs with the key; shown beside a roll-out.',
          pattern: '^[^\\u0000-\\u001f\\u007f]{1,64}$',
        }),
        path: Type.String({
          title: 'File',
          description: 'The public key in PEM: Ed25519, or ECDSA on P-256.',
          minLength: 1,
          isPath: true,
        }),
      }),
      {
        title: 'Public keys',
        description: 'An image that none of these has signed is never sent.',
        default: [],
        maxItems: 16,
      },
    ),
    rollOuts: Type.Array(
      entry({
        model: Type.String({
          title: 'Model',
          description: 'The model as its recorders name it, letter for letter.',
          minLength: 1,
          maxLength: 64,
        }),
        version: Type.String({
          title: 'Version',
          description:
            'The version the image carries: `major.minor.revision`, with `+build` where there is one.',
          pattern: '^\\d{1,3}\\.\\d{1,3}\\.\\d{1,5}(\\+\\d{1,10})?$',
        }),
        image: Type.String({
          title: 'Image',
          description: 'The signed MCUboot image.',
          minLength: 1,
          isPath: true,
        }),
        limit: Type.Integer({
          title: 'How many recorders at most',
          description: 'Begin with a few, and raise it once they have come back and are confirmed.',
          minimum: 1,
          maximum: 100_000,
          default: 1,
        }),
        minimumBatteryPercent: Type.Integer({
          title: 'Least charge',
          description:
            'In percent. A recorder with less, or that does not tell it, waits. `0`: it is not asked.',
          minimum: 0,
          maximum: 100,
          default: 50,
        }),
        enabled: Type.Boolean({
          title: 'Enabled',
          description:
            'Whether images are sent. A recorder already restarted into the image is confirmed all the same.',
          default: false,
        }),
      }),
      {
        title: 'Roll-outs',
        description: 'At most one for each model. One that fails on a recorder stops by itself.',
        default: [],
        maxItems: 64,
      },
    ),
  },
);

const http = section(
  { title: 'HTTP', description: 'The dashboard and the API.' },
  {
    address: Type.String({
      title: 'Address to listen on',
      description:
        'An address of this machine. Any that is not loopback needs at least one entry in `http.tokens`.',
      minLength: 1,
      maxLength: 253,
      default: '127.0.0.1',
    }),
    port: Type.Integer({
      title: 'Port to listen on',
      description: '`0` lets the system choose one.',
      minimum: 0,
      maximum: 65_535,
      default: 8_686,
    }),
    tokens: Type.Array(
      entry({
        name: Type.String({
          title: 'Name',
          description: 'Who holds the token; shown in the session and in the log.',
          pattern: '^[^\\u0000-\\u001f\\u007f]{1,64}$',
        }),
        sha256: Type.String({
          title: 'Hash of the token',
          description:
            'SHA-256 of the token in lower-case hex. `docket token create` makes both; the token itself is never stored.',
          pattern: '^[0-9a-f]{64}$',
          isSecret: true,
        }),
        scopes: Type.Array(
          choice(['read', 'media', 'operate', 'approve', 'deliver'], {
            title: 'Scope',
            description:
              '`read`: slots, clips, cases, custody, health. `media`: footage and thumbnails. `operate`: what an operator changes. `approve`: the word of a second person, and legal review. `deliver`: facts sent by case systems.',
          }),
          {
            title: 'Scopes',
            description: 'What the holder may do.',
            minItems: 1,
            uniqueItems: true,
          },
        ),
      }),
      {
        title: 'Tokens',
        description:
          'Who may use the API. With none, whoever sits at this machine is the operator and nobody else gets in.',
        default: [],
        maxItems: 256,
      },
    ),
    trustedHosts: Type.Array(
      Type.String({
        title: 'Host name',
        description: 'A host name without a port.',
        pattern: '^[A-Za-z0-9.:_\\[\\]-]{1,253}$',
      }),
      {
        title: 'Trusted host names',
        description:
          'Names, beside loopback ones, by which a reverse proxy on this machine may ask when there are no tokens. Such a proxy must itself decide whom it lets in.',
        default: [],
        maxItems: 64,
      },
    ),
  },
);

const log = section(
  { title: 'Log', description: 'One JSON line a decision, on standard output.' },
  {
    level: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
      title: 'Least level written',
      description: '`info` tells every decision; `debug` every request.',
      default: 'info',
    }),
  },
);

/** The configuration file: its schema, its defaults and its documentation in one. */
export const configSchema = Type.Object(
  {
    dock,
    store,
    volumes,
    serial,
    usb,
    drivers,
    slots,
    archive,
    release,
    pull,
    clock,
    firmware,
    live,
    mapping,
    coverage,
    calendar,
    deadlines,
    retention,
    review,
    disclosure,
    http,
    log,
  },
  {
    title: 'Docket configuration',
    description: 'One YAML file. Unknown keys are errors.',
    additionalProperties: false,
  },
);

/** A checked configuration: every default filled in, every path absolute. */
export type Config = Static<typeof configSchema>;
export type RollOutEntry = Config['firmware']['rollOuts'][number];
export type TokenEntry = Config['http']['tokens'][number];
