import type { CheckName, CheckResult, LeftOutReason } from '@docket/device-protocol';

const checks: Record<CheckName, string> = {
  opens: 'opens, and is there',
  'identity-repeatable': 'says the same of itself each time it is asked',
  'identity-clean': 'says so in clean, bounded texts',
  status: 'tells battery and room exactly as its capabilities have it',
  'list-repeatable': 'lists the same clips in the same order each time',
  'list-sound': 'lists sound entries: paths, names, lengths, times',
  'list-whole': 'lists every clip that lies on it',
  'list-left-early': 'takes it when a listing is left early',
  'list-aborted': 'gives up a listing when told to, and lists again',
  'read-repeatable': 'gives the same bytes each time a clip is read',
  'read-any-range': 'gives any stretch of a clip',
  'read-at-end': 'gives fewer bytes at the end of a clip, none past it',
  'read-aborted': 'gives up a read when told to, and reads on',
  'read-side-by-side': 'reads as many clips at once as it says',
  'clip-missing': 'says that a clip is not there',
  'clip-changed': 'says that a clip is not the one that was listed',
  'refuses-what-it-cannot': 'refuses what its capabilities do not name',
  'clock-bracketed': 'shows its clock between the host’s instants, never going back',
  'hash-is-of-the-bytes': 'hashes the bytes that it gives',
  'clock-set': 'shows the time it was set to',
  'erase-refuses-wrong-proof': 'refuses to erase by a wrong length or hash',
  'erase-frees-one-clip': 'erases the one clip that it was told to',
  'opens-again': 'is the same when it is opened again',
  'unplug-is-told': 'is known to be gone when it is',
};

const verdicts: Record<CheckResult['verdict'], string> = {
  held: 'held',
  broken: 'BROKEN',
  'left-out': 'left out',
};

const leftOut: Record<LeftOutReason, string> = {
  'command-mode': 'in command mode it shows no clips',
  'no-capability': 'it does not have this capability',
  'not-allowed': 'needs --allow-erase or --allow-set-clock',
  'no-clip': 'no clip of a fitting length is on it',
  'needs-a-hand': 'needs a hand, or a known card',
};

/** What `docket conformance` says. */
export const conformanceEn = {
  checks,
  verdicts,
  leftOut,
  columns: ['Verdict', 'The recorder …', 'Why'],
  subject: (name: string, driver: string) => `${name}, over ${driver}`,
  nameless: 'A recorder that names itself nothing',
  can: (capabilities: string) => `Capabilities: ${capabilities || 'none'}`,
  broken: 'What was broken:',
  sum: (held: number, broken: number, out: number) => `${held} held, ${broken} broken, ${out} left out.`,
  noDevice: (place: string) => `There is no device at ${place}.`,
  onePlace: (driver: string) =>
    `Say where the ${driver} recorder is, by one of --port, --tcp and --usb-redir.`,
  otherWay: (driver: string) => `The driver ${driver} does not reach a recorder that way.`,
  socketAddress: 'unix:/path or tcp:host:port',
};

export const conformanceOptionsEn = {
  driver: 'driver by which to reach the recorder: volume, smp, mtp or scsi',
  port: 'where it is: a folder (volume), a serial device (smp), or a USB port path such as 1-1.4',
  baud: 'speed of a serial line',
  tcp: 'a recorder on the network (smp)',
  usbRedir: 'a simulated USB device: unix:/path or tcp:host:port',
  allowErase: 'may erase ONE clip of the recorder for good',
  allowSetClock: 'may set the recorder’s clock to that of this machine',
  longestRead: 'longer clips are read in part',
  checkTimeout: 'a check that takes longer is broken',
};
