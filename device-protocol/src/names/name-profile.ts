import type { ClipKind, DeviceTime } from '../recorder.ts';

/** What a file name says by one of the field's habits. A hint about the clip, never a fact. */
export interface NameFacts {
  profile: string;
  startedAt: DeviceTime | null;
  deviceNumber: string | null;
  officerNumber: string | null;
  marked: boolean;
}

/** Named groups used: device, officer, date (yyyyMMdd), time (HHmmss). */
interface NameProfile {
  name: string;
  pattern: RegExp;
}

/** File name habits seen in the field, most telling first. GA/T 947 names are not public: these are conventions. */
const nameProfiles: readonly NameProfile[] = [
  {
    name: 'dcam',
    pattern:
      /^DCAM_(?<device>[A-Za-z0-9-]+)_(?<officer>[A-Za-z0-9]+)_(?<date>\d{8})_(?<time>\d{6})(?:_IMP)?(?:_enc)?\.[A-Za-z0-9]+$/u,
  },
  {
    name: 'device-officer-time',
    pattern:
      /^(?<device>[A-Za-z0-9]{5,16})_(?<officer>[A-Za-z0-9]{4,10})_(?<date>\d{8})(?<time>\d{6})(?:_\d+)?(?:_IMP)?(?:\(.*\)|_[^_.]+)?\.[A-Za-z0-9]+$/u,
  },
  {
    name: 'date-time',
    pattern: /^(?:[A-Z]{3,4}_)?(?<date>\d{8})[_-](?<time>\d{6})(?:_[A-Za-z0-9]+)*?(?:_IMP)?\.[A-Za-z0-9]+$/u,
  },
];

/** Reads what a name tells. A name that fits no profile is no error: `profile` is `none` and all else empty. */
export function readNameFacts(name: string): NameFacts {
  for (const profile of nameProfiles) {
    const groups = profile.pattern.exec(name)?.groups;
    if (groups === undefined) continue;
    return {
      profile: profile.name,
      startedAt: wallClock(groups.date, groups.time),
      deviceNumber: groups.device ?? null,
      officerNumber: groups.officer ?? null,
      marked: isMarkedName(name),
    };
  }
  return {
    profile: 'none',
    startedAt: null,
    deviceNumber: null,
    officerNumber: null,
    marked: isMarkedName(name),
  };
}

/** `IMP` as a part of the name of its own: the mark (重点文件) on which vendors agree. */
function isMarkedName(name: string): boolean {
  return /(?:^|[_-])IMP(?:[_.-]|$)/u.test(name);
}

function wallClock(date: string | undefined, time: string | undefined): DeviceTime | null {
  if (date === undefined || time === undefined) return null;
  const text = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}`;
  const parsed = new Date(`${text}Z`);
  const isRealTime = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
  return isRealTime ? { text, source: 'name' } : null;
}

const extensionsByKind: Record<Exclude<ClipKind, 'sidecar'>, readonly string[]> = {
  video: ['mp4', 'mov', 'avi', 'mkv', 'ts', 'mts', 'm4v', '3gp', 'asf', 'h264', 'h265'],
  audio: ['aac', 'm4a', 'wav', 'mp3', 'amr', 'ogg', 'g711'],
  photo: ['jpg', 'jpeg', 'png', 'bmp', 'heic'],
};

/** Kind by extension; everything unknown is a sidecar and is pulled like the rest. */
export function kindOfName(name: string): ClipKind {
  const extension = /\.([A-Za-z0-9]+)$/u.exec(name)?.[1]?.toLowerCase() ?? '';
  for (const [kind, extensions] of Object.entries(extensionsByKind)) {
    if (extensions.includes(extension)) return kind as ClipKind;
  }
  return 'sidecar';
}

/** True where one of the folders is the field's folder for marked clips (`IMP`, or `RO` for locked files). */
export function isMarkedFolder(folderNames: readonly string[]): boolean {
  return folderNames.some((folder) => folder === 'IMP' || folder === 'RO');
}
