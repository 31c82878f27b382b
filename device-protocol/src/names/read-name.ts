import type { ClipKind, DeviceTime } from '../recorder.ts';
import { markedFolderNames, type NameProfile, nameProfiles } from './name-profiles.ts';

/** What a file name says by one of the field's habits. A hint about the clip, never a fact. */
export interface NameFacts {
  /** Name of the profile that fits, or `none`. */
  profile: string;
  startedAt: DeviceTime | null;
  deviceNumber: string | null;
  officerNumber: string | null;
  marked: boolean;
}

/** Reads what a name tells. A name that fits no profile is no error: `profile` is `none` and all else empty. */
export function readNameFacts(name: string, profiles: readonly NameProfile[] = nameProfiles): NameFacts {
  for (const profile of profiles) {
    const match = profile.pattern.exec(name);
    if (match === null) continue;
    const groups = match.groups ?? {};
    return {
      profile: profile.name,
      startedAt: startOf(groups, profile.timeZone),
      deviceNumber: groups.device ?? null,
      officerNumber: groups.officer ?? null,
      marked: groups.mark !== undefined || isMarkedName(name),
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

/** `null` where the name gives no time, or one that never was. */
function startOf(groups: Partial<Record<string, string>>, assumedZone: string | null): DeviceTime | null {
  const parts = dateParts(groups);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const parsed = new Date(`${text}Z`);
  const isRealTime = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
  return isRealTime ? { text, source: 'name', assumedZone } : null;
}

function dateParts(groups: Partial<Record<string, string>>): string[] | null {
  const { date, time, year, month, day, hour, minute, second } = groups;
  if (date !== undefined && time !== undefined) {
    return [
      date.slice(0, 4),
      date.slice(4, 6),
      date.slice(6, 8),
      time.slice(0, 2),
      time.slice(2, 4),
      time.slice(4, 6),
    ];
  }
  const parts = [year?.padStart(4, '20'), month, day, hour, minute, second ?? '00'];
  return parts.every((part) => part !== undefined) ? (parts as string[]) : null;
}

const extensionsByKind: Record<Exclude<ClipKind, 'sidecar'>, readonly string[]> = {
  video: ['mp4', 'mov', 'avi', 'mkv', 'ts', 'mts', 'm4v', '3gp', 'asf', 'h264', 'h265'],
  audio: ['aac', 'm4a', 'wav', 'mp3', 'amr', 'ogg', 'g711'],
  photo: ['jpg', 'jpeg', 'png', 'bmp', 'heic'],
};

/** Kind by extension; everything unknown (positions, logs, thumbnails) is a sidecar and is pulled like the rest. */
export function kindOfName(name: string): ClipKind {
  const extension = /\.([A-Za-z0-9]+)$/u.exec(name)?.[1]?.toLowerCase() ?? '';
  for (const [kind, extensions] of Object.entries(extensionsByKind)) {
    if (extensions.includes(extension)) return kind as ClipKind;
  }
  return 'sidecar';
}

/** True where one of the folders is one of the field's folders for marked clips. */
export function isMarkedFolder(folderNames: readonly string[]): boolean {
  return folderNames.some((folder) => markedFolderNames.has(folder.toUpperCase()));
}
