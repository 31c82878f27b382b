import type { FootagePlan } from './footage.ts';

/** A recorder that docks by itself in the demo. */
export interface VirtualRecorder {
  /** Folder of its card. */
  card: string;
  slot: string;
  label: string;
  reachedBy: 'volume' | 'serial';
  identity: { serialNumber: string; officerNumber: string };
  footage: FootagePlan[];
}

const minuteMs = 60_000;
/** The recorders' wall clocks are those of China. */
const wallClockOffsetMs = 8 * 60 * minuteMs;

/**
 * Three recorders after a shift: two with USB cards, one on a serial line. `shiftEnd` is the wall clock, as UTC, that
 * the recorders' names and pictures end at.
 */
export function virtualRecorders(shiftEnd: Date): VirtualRecorder[] {
  const before = (minutes: number) => new Date(shiftEnd.getTime() - minutes * minuteMs);
  return [dcamRecorder(before), deviceOfficerRecorder(before), serialRecorder(before)];
}

type Before = (minutes: number) => Date;

/** A camera of the DCAM kind: folders by kind and day, an identity file, `_IMP` on what was marked; with a satellite receiver. */
function dcamRecorder(before: Before): VirtualRecorder {
  const file = (minutes: number, kind: FootagePlan['kind'], seconds: number, mark = ''): FootagePlan => {
    const startedAt = before(minutes);
    const { day, date, time } = stamp(startedAt);
    const folder = { video: mark === '' ? 'Video' : 'IMP', photo: 'Image', audio: 'Audio' }[kind];
    const extension = { video: 'mp4', photo: 'jpg', audio: 'm4a' }[kind];
    const path = Buffer.from(
      `DCIM/Media/${folder}/${day}/DCAM_CAM001_000101_${date}_${time}${mark}.${extension}`,
    );
    const plan = { path, kind, startedAt, seconds, size: '1280x720', caption: 'CAM001 000101' };
    const trackFrom = new Date(startedAt.getTime() - wallClockOffsetMs);
    return kind === 'video' ? { ...plan, trackFrom } : plan;
  };
  return {
    card: 'cam001',
    slot: '1-1.1',
    label: '1',
    reachedBy: 'volume',
    identity: { serialNumber: 'CAM001', officerNumber: '000101' },
    footage: [
      file(190, 'video', 16),
      file(150, 'video', 20, '_IMP'),
      file(95, 'video', 12),
      file(140, 'photo', 1),
      file(139, 'photo', 1),
      file(60, 'audio', 20),
    ],
  };
}

/** The common Chinese habit: device, officer, time and a running number; one file named by hand, in GBK. */
function deviceOfficerRecorder(before: Before): VirtualRecorder {
  const clip = (minutes: number, sequence: string, seconds: number): FootagePlan => {
    const startedAt = before(minutes);
    const { date, time } = stamp(startedAt);
    const path = Buffer.from(`DCIM/100MEDIA/0000102_000202_${date}${time}_${sequence}.MP4`);
    return { path, kind: 'video', startedAt, seconds, size: '1280x720', caption: '0000102 000202' };
  };
  const gbkName = Buffer.from('cfd6b3a1bcecb2e95fd5c5c8fd2e6d7034', 'hex');
  return {
    card: '0000102',
    slot: '1-1.2',
    label: '2',
    reachedBy: 'volume',
    identity: { serialNumber: '0000102', officerNumber: '000202' },
    footage: [
      clip(210, '0001', 14),
      clip(120, '0002', 18),
      { ...clip(80, '0003', 8), path: Buffer.concat([Buffer.from('DCIM/100MEDIA/'), gbkName]) },
      {
        path: Buffer.from('DCIM/100MEDIA/0000102_000202_PHOTO_0001.JPG'),
        kind: 'photo',
        startedAt: before(119),
        seconds: 1,
        size: '1280x720',
        caption: '0000102 000202',
      },
    ],
  };
}

/** A small recorder on a serial line, speaking SMP. */
function serialRecorder(before: Before): VirtualRecorder {
  const clip = (minutes: number, seconds: number, mark = ''): FootagePlan => {
    const startedAt = before(minutes);
    const { date, time } = stamp(startedAt);
    const path = Buffer.from(`SMP0003_000303_${date}${time}_0001${mark}.mp4`);
    return { path, kind: 'video', startedAt, seconds, size: '320x240', caption: 'SMP0003' };
  };
  return {
    card: 'smp0003',
    slot: 'serial-1',
    label: '3',
    reachedBy: 'serial',
    identity: { serialNumber: 'SMP0003', officerNumber: '000303' },
    footage: [clip(100, 3), clip(45, 2, '_IMP')],
  };
}

function stamp(time: Date): { day: string; date: string; time: string } {
  const text = time.toISOString();
  return {
    day: text.slice(0, 10),
    date: text.slice(0, 10).replaceAll('-', ''),
    time: text.slice(11, 19).replaceAll(':', ''),
  };
}
