/** What `docket recorder-simulator` says. */
export const recorderSimulatorEn = {
  card: (folder: string, clips: number) => `Its card is ${folder}, with ${clips} clips.`,
  image: (file: string) => `The card as an image: ${file}`,
  ready: (kind: string, serialNumber: string, place: string) =>
    `The simulated ${kind} recorder ${serialNumber} is at ${place}. Ctrl+C unplugs it.`,
  unplugged: 'Unplugged.',
  onePlace: (options: string) => `Say where it shall be, by one of: ${options}.`,
  shortText: '1 to 32 letters, digits and dashes',
};

export const recorderSimulatorHelpEn = {
  recorderSimulator:
    'play a recorder, with footage and with faults, for those who build docks and dashboards',
  recorderSimulatorKinds: {
    volume: 'record clips into a folder or an image of a card, as a recorder would; or be a USB disk',
    smp: 'a recorder that speaks SMP, on a serial line, over TCP or over USB',
    mtp: 'a recorder that speaks MTP over USB',
    scsi: 'a recorder in SCSI command mode over USB, that becomes a disk when it is told the password',
  },
  recorderSimulatorOptions: {
    folder: 'its card: what lies there is shown. Default: a new folder with clips made for it',
    clips: 'so many clips are recorded first. Default: 6 into an empty folder',
    clipBytes: 'length of each clip recorded; a pattern, not playable',
    naming: 'habit of naming: dcam, device-officer-time or novatek',
    markEvery: 'every so manieth clip is marked; 0: none',
    gbkNames: 'every second name has Chinese characters in GBK',
    serialNumber: 'serial number',
    officer: 'officer number set on it',
    image: 'image file of the card (made with mkfs.vfat and mtools)',
    pty: 'serial line: path at which a dock finds it (needs socat)',
    tcp: 'listen on the network; port 0 lets the system choose',
    usbRedir: 'USB device on a socket by the usbredir protocol: unix:/path or tcp:host:port',
    listen: 'wait there for a host, instead of connecting to one that waits (QEMU)',
    clockOffset: 'its clock is so many seconds ahead',
    clockDrift: 'its clock runs so many parts per million too fast',
    clockZone: 'minutes its wall clock is ahead of UTC',
    clockStep: 'its clock steps while it runs: 3600@20 is an hour on, 20 s after the start',
    battery: 'charge in percent',
    password: 'what it wants to hear before it becomes a disk',
    fault: 'a scripted behaviour; may be repeated. A wrong one shows which there are',
  },
};
