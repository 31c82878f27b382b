import type { DifferenceCode } from '@docket/ingest';
import type { Allowed } from '../config/index.ts';
import { archiveDeskEn, archiveDeskHelpEn } from './archive-desk-en.ts';
import { archiveReceiverEn, archiveReceiverHelpEn } from './archive-receiver-en.ts';
import { casesEn, casesExamples, casesHelpEn } from './cases-en.ts';
import { conformanceEn, conformanceOptionsEn } from './conformance-en.ts';
import { importEn, importHelpEn } from './import-en.ts';
import { liveEn, liveHelpEn } from './live-en.ts';
import { liveListsEn, liveListsHelpEn } from './live-lists-en.ts';
import { operationsEn, operationsHelpEn } from './operations-en.ts';
import { recorderSimulatorEn, recorderSimulatorHelpEn } from './recorder-simulator-en.ts';
import { statisticsHelpEn } from './statistics-en.ts';

/** Words for an allowed value, one sentence a kind. */
type AllowedWords = { [Kind in Allowed['kind']]: (allowed: Extract<Allowed, { kind: Kind }>) => string };

const allowed: AllowedWords = {
  words: ({ words }) => `one of: ${words.join(', ')}`,
  integer: ({ minimum, maximum, unit }) =>
    `a whole number from ${minimum ?? '−∞'} to ${maximum ?? '∞'}${unit === null ? '' : ` ${unit}`}`,
  text: ({ pattern }) => (pattern === null ? 'a text that is not empty' : `a text that matches ${pattern}`),
  list: () => 'a list, within its length and without repeats',
  group: () => 'a group of keys',
  keys: ({ keys }) => `one of the keys: ${keys.join(', ')}`,
  'readable-file': () => 'a file that can be read',
  yaml: () => 'well-formed YAML',
  assignment: () => 'path=value, for example http.port=8080',
  package: () => 'a folder with a package, a module, or the name of a package that is installed',
  plugin: ({ problem }) => `a driver plugin that can be used (${problem})`,
  once: () => 'a value that no other entry has',
  outside: ({ path }) => `a folder that neither holds nor lies in ${path}`,
  boolean: () => 'true or false',
  'words-or-integer': ({ words, minimum, maximum }) =>
    `${words.join(', ')}, or a whole number from ${minimum ?? '−∞'} to ${maximum ?? '∞'}`,
  cron: () => 'a cron pattern of five fields, such as: * 22-23,0-6 * * *',
  'secret-file': () => 'a file with one secret in it, readable for its owner alone (chmod 600)',
  'archive-target': () => 'a folder; or another target in archive.directories, archive.s3 or archive.http',
  'one-of': ({ keys }) => `exactly one of: ${keys.join(', ')}`,
  below: ({ path }) => `less than ${path}`,
  'https-or-loopback': () => 'an https address without user or fragment, or http on a loopback address',
  'at-least': ({ path }) => `at least as much as ${path}`,
  'regular-expression': () => 'a regular expression (ECMAScript, with the u flag)',
  'time-zone': () => 'an IANA time zone such as Asia/Shanghai, or null',
  'loopback-or-token': ({ path }) => `a loopback address, or at least one entry in ${path}`,
};

const differences: Record<DifferenceCode, string> = {
  'media-missing': 'the stored file is missing',
  'media-not-deleted': 'the log says that it was deleted, and the file is there',
  'leaving-not-logged': 'the index says that its bytes left for the archive, the log or the receipts do not',
  'media-not-left': 'the log says that its bytes left for the archive, and the file is there',
  'deletion-not-logged': 'the index says that it was deleted, the log does not',
  'certificate-differs': 'the certificate of deletion is not the one in the log',
  'media-differs': 'the stored file differs from what was sealed',
  'record-missing': 'the sealed record is missing',
  'record-differs': 'the sealed record was changed',
  'record-unreadable': 'the sealed record cannot be read',
  'index-differs': 'index and sealed record differ',
  'not-in-index': 'stands in the store but not in the index',
  'unexpected-file': 'a file that does not belong there',
  'custody-gap': 'the custody log has a gap',
  'custody-entry-differs': 'the entry was changed',
  'custody-root-differs': 'the tree of the custody log does not fit',
  'custody-seal-differs': 'the index differs from what the custody log says',
  'receipt-not-trusted': 'a receipt is not signed by a key that was trusted',
  'receipt-differs': 'a receipt says otherwise than the index',
  'custody-head-differs': 'the custody log is not the one whose head was signed',
  'live-chain-broken': 'a live segment does not follow the one before it',
};

/** Every word the command line shows, in English; its shape is the shape of every language. */
export const en = {
  help: {
    headings: {
      'Usage:': 'Usage:',
      'Arguments:': 'Arguments:',
      'Options:': 'Options:',
      'Global Options:': 'Options of every command:',
      'Commands:': 'Commands:',
      examples: 'Examples:',
    },
    ...casesHelpEn,
    program:
      'Docket runs a docking station for body-worn recorders: it copies every clip once, proves each copy, sends it to the archive, and frees a recorder only when the archive has signed.',
    help: 'show this help',
    helpCommand: 'show the help of a command',
    version: 'show the version',
    language: 'language of all words: zh-CN or en (also DOCKET_LANG)',
    exitCodes: 'Exit codes: 0 done, 1 something needs attention, 2 wrong usage or configuration, 3 failed.',
    run: 'run the gateway until it is told to stop',
    runConfig: 'configuration file, YAML (also DOCKET_CONFIG)',
    runSet: 'one setting, over file and environment; may be repeated',
    demo: 'run the gateway with virtual recorders that dock by themselves; needs no hardware',
    demoDirectory: 'where the demo keeps its files; a second start finds them again',
    status: 'show every slot, and how the gateway is',
    clips: 'list clips, newest first',
    clipsState: (states: string) => `only clips in this state: ${states}`,
    clipsLimit: 'at most so many (1 to 200)',
    recorders: 'list the recorders that have been docked here, last seen first',
    recordersText: 'only those with this in serial number, model or officer',
    recordersState: (states: string) => `only recorders in this state: ${states}`,
    recordersBattery: 'only those whose battery was below so many per cent (1 to 100)',
    recordersClock: 'only those whose clock is at fault',
    recordersAbsent: 'only those not seen for so many days (1 to 3650)',
    slots: 'list the slots and what they are called',
    slotsCalibrate: 'name the slots: plug a recorder into each place in turn and type its label',
    statistics: statisticsHelpEn,
    json: 'as JSON, for programs',
    url: 'where the gateway answers (also DOCKET_URL)',
    verify: 'check a store by itself: every clip, its record and the custody log; needs no running gateway',
    verifyStore: 'folder of the store',
    conformance: 'hold a recorder to the contract that every driver keeps; reads only, unless allowed more',
    conformanceOptions: conformanceOptionsEn,
    ...recorderSimulatorHelpEn,
    ...importHelpEn,
    ...archiveReceiverHelpEn,
    ...archiveDeskHelpEn,
    ...liveHelpEn,
    ...liveListsHelpEn,
    ...operationsHelpEn,
    token: 'make tokens for the API',
    tokenCreate: 'make a token: shown once, only its hash goes into the configuration',
    tokenName: 'who will hold it',
    tokenScopes: 'what it allows, by commas: read, media, operate',
  },
  cases: casesEn,
  examples: {
    program: ['docket demo', 'docket run --config /etc/docket/docket.yaml', 'docket status'],
    run: [
      'docket run --config docket.yaml',
      'docket run --config docket.yaml --set http.port=8080 --set log.level=debug',
    ],
    demo: ['docket demo', 'docket demo --set http.port=8080'],
    status: ['docket status', 'DOCKET_TOKEN=… docket status --url http://dock-1:8686'],
    clips: ['docket clips --limit 10', 'docket clips --state sealed --json'],
    casesPacket: casesExamples,
    recorders: ['docket recorders --battery-below 20', 'docket recorders --not-seen-for 30 --json'],
    slots: ['docket slots', 'docket slots calibrate'],
    slotsCalibrate: ['docket slots calibrate'],
    statistics: [
      'docket statistics --measure late-rate --by unit',
      'docket statistics --measure gap-time --by officer --from 2026-01-01 --to 2026-03-31 --xlsx gaps.xlsx',
    ],
    verify: ['docket verify /var/lib/docket/store'],
    recorderSimulator: {
      volume: ['docket recorder-simulator volume --folder card --clips 20 --gbk-names --image card.img'],
      smp: [
        'docket recorder-simulator smp --tcp 127.0.0.1:8687',
        'docket recorder-simulator smp --pty ./port --clock-offset 90 --fault unplug=500000',
      ],
      mtp: ['docket recorder-simulator mtp --usb-redir tcp:127.0.0.1:4000 --listen --fault slow=2000000'],
      scsi: ['docket recorder-simulator scsi --usb-redir unix:./usb --password 123456 --fault delay=2000'],
    },
    import: [
      'docket import cases.xlsx --dry-run',
      'docket import officers.csv --kind officer --sender personnel',
      'docket import --template case cases.xlsx',
    ],
    conformance: [
      'docket conformance --driver smp --port /dev/ttyACM0',
      'docket conformance --driver mtp --port 1-1.4 --allow-set-clock --json',
    ],
    token: ['docket token create --name "Duty room" --scopes read,media'],
  },
  usage: {
    unknownOption: (name: string) => `there is no option ${name}`,
    unknownCommand: (name: string) => `there is no command ${name}`,
    missingArgument: (name: string) => `${name} is missing`,
    missingOption: (name: string) => `the option ${name} is needed`,
    missingValue: (name: string) => `the option ${name} needs a value`,
    tooManyArguments: 'there are too many arguments',
    wrongValue: (name: string, expected: string) => `${name}: ${expected} is expected`,
    seeHelp: 'docket --help shows how it is used.',
    fromTo: (from: number, to: number) => `a whole number from ${from} to ${to}`,
    oneOf: (words: readonly string[]) => `one of ${words.join(', ')}`,
    webAddress: 'an address that begins with http:// or https://',
  },
  config: {
    faults: (count: number) =>
      count === 1 ? 'The configuration has a fault:' : `The configuration has ${count} faults:`,
    from: (source: string) => ` (from ${source})`,
    missing: 'not given',
    given: (value: string) => `given: ${value}`,
    allowed: (text: string) => `allowed: ${text}`,
    allowedWords: allowed,
  },
  run: {
    failed: (reason: string) => `The gateway failed: ${reason}`,
  },
  demo: {
    preparing: (card: string) => `Making footage for ${card} …`,
    ready: (url: string) => `Open ${url} in a browser. Ctrl+C ends the demo.`,
    log: (file: string) => `The log is in ${file}.`,
    stopping: 'Stopping …',
  },
  client: {
    notRunning: (url: string) => `No gateway answers at ${url}. Is it running? (docket run)`,
    notAuthenticated: 'The gateway wants a token: set DOCKET_TOKEN.',
    refused: (status: number, title: string) => `The gateway refused: ${title} (${status}).`,
    strange: (url: string) => `What answers at ${url} is no Docket of this version.`,
  },
  status: {
    gateway: (state: string, version: string) => `Docket ${version}: ${state}`,
    store: (free: string, total: string, clips: number, quarantined: number) =>
      `Store: ${free} of ${total} free, ${clips} clips, ${quarantined} to look at`,
    archive: (target: string, clips: number, size: string) =>
      `Archive ${target}: ${clips} clips (${size}) waiting`,
    lastError: (text: string) => `  last error: ${text}`,
    noSlots: 'No slot has been seen yet.',
    columns: ['Slot', 'Label', 'State', 'Recorder', 'Clips'],
    states: { ok: 'working', degraded: 'working in part', failed: 'failed' },
    slotStates: {
      empty: 'empty',
      attached: 'attached',
      identifying: 'identifying',
      listing: 'listing',
      copying: 'copying',
      verifying: 'verifying',
      safe: 'safe to undock',
      releasing: 'freeing the recorder',
      configuring: 'writing to the recorder',
      updating: 'updating its firmware',
      attention: 'needs a person',
      failed: 'failed',
    },
  },
  clips: {
    columns: ['Clip', 'State', 'Size', 'Collected', 'Recorder', 'Name'],
    shown: (shown: number, total: number) => `${shown} of ${total} clips`,
    none: 'No clips.',
    toLookAt: 'to look at',
    states: {
      recording: 'being recorded',
      listed: 'listed',
      pulled: 'copied, not verified',
      verified: 'verified',
      sealed: 'sealed',
      forwarded: 'sent to the archive',
      receipted: 'archive receipt',
      released: 'recorder freed',
      deleted: 'deleted',
      unreadable: 'unreadable',
      lost: 'lost before copying',
    },
  },
  recorders: {
    columns: ['Serial', 'Model', 'State', 'Issued to', 'Battery', 'Clock', 'Last seen', 'Slot'],
    states: { 'in-service': 'in service', lost: 'lost', broken: 'broken', retired: 'retired' },
    unnamed: 'no serial number',
    clockFault: 'fault',
    none: 'No recorders.',
  },
  calibration: {
    columns: ['Label', 'Port', 'Place'],
    away: 'controller not there',
    noLabels: 'No slot has a label yet: docket slots calibrate',
    begun:
      'Plug a recorder or USB stick into each slot in turn. Recorders plugged in meanwhile are not copied.',
    plugIn: 'Plug one into the next slot; an empty line ends.',
    seen: (slot: string, place: string) => `Port ${slot} (${place}).`,
    ask: (suggested: string) => (suggested === '' ? 'Label: ' : `Label [${suggested}]: `),
    labelled: (slot: string, label: string) => `Port ${slot} is called ${label}.`,
    ended: (count: number) =>
      count === 1 ? 'Done: 1 slot has a label.' : `Done: ${count} slots have a label.`,
  },
  verify: {
    progress: (done: number, total: number) => `${done} of ${total} clips`,
    checked: (clips: number, bytes: string, entries: number) =>
      `Checked: ${clips} clips (${bytes}), ${entries} entries of the custody log.`,
    holds: 'Everything holds.',
    deleted: (count: number) =>
      `${count === 1 ? '1 more clip was' : `${count} more clips were`} deleted; the custody log tells of it:`,
    deletedClip: (name: string, sha256: string, at: string | null, by: string) =>
      `  ${name} ${sha256} ${at ?? 'not finished yet'} ${by}`,
    differs: (count: number) => (count === 1 ? 'One thing does not hold:' : `${count} things do not hold:`),
    noStore: (directory: string) => `${directory} is no store: it has no index`,
    codes: differences,
  },
  conformance: conformanceEn,
  import: importEn,
  archiveDesk: archiveDeskEn,
  recorderSimulator: recorderSimulatorEn,
  archiveReceiver: archiveReceiverEn,
  live: liveEn,
  liveLists: liveListsEn,
  operations: operationsEn,
  token: {
    created: 'The token, shown this once:',
    configure: 'Into the configuration file, under http.tokens:',
  },
  failure: (reason: string) => `Failed: ${reason}`,
};

export type Messages = typeof en;
