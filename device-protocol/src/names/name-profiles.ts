/**
 * What file names mean, habit by habit, as data. GA/T 947 names are not public: these are conventions seen in the field,
 * hints about a clip and never facts.
 */
export interface NameProfile {
  name: string;
  /** Whose habit it is, for the operator. */
  title: string;
  /**
   * Over the whole name. Named groups: `device`, `officer`; the start of recording as `date` (yyyyMMdd) and `time`
   * (HHmmss), or as `year` (two digits are 20yy) `month` `day` `hour` `minute` `second`; `mark`, present where the name
   * says that the clip is marked.
   */
  pattern: RegExp;
  /** IANA zone the habit writes in; `null`: the recorder's own wall clock, whose zone the name does not tell. */
  timeZone: string | null;
}

/** Most telling first: the first that fits speaks. */
export const nameProfiles: readonly NameProfile[] = [
  {
    name: 'dcam',
    title: 'DCAM body cameras (Android)',
    pattern:
      /^DCAM_(?<device>[A-Za-z0-9-]+)_(?<officer>[A-Za-z0-9]+)_(?<date>\d{8})_(?<time>\d{6})(?<mark>_IMP)?(?:_enc)?\.[A-Za-z0-9]+$/u,
    timeZone: null,
  },
  {
    name: 'device-officer-time',
    title: 'Body cameras that name recorder and officer',
    pattern:
      /^(?<device>[A-Za-z0-9]{5,16})_(?<officer>[A-Za-z0-9]{4,10})_(?<date>\d{8})(?<time>\d{6})(?:_\d+)?(?<mark>_IMP)?(?:\(.*\)|_[^_.]+)?\.[A-Za-z0-9]+$/u,
    timeZone: null,
  },
  {
    name: 'novatek',
    title: 'Novatek chips: year_monthday_time_number',
    pattern:
      /^(?<year>\d{4})_(?<month>\d{2})(?<day>\d{2})_(?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})(?:_\d{1,6})?[A-Z]{0,2}(?<mark>_IMP)?\.[A-Za-z0-9]+$/u,
    timeZone: null,
  },
  {
    name: 'ambarella',
    title: 'Ambarella chips: FILE with a two-digit year, or the date with dashes',
    pattern:
      /^(?:FILE|AMBA|EVT|EVENT)?(?<year>(?:20)?\d{2})-?(?<month>\d{2})-?(?<day>\d{2})-(?<hour>\d{2})-?(?<minute>\d{2})-?(?<second>\d{2})[A-Z]?(?<mark>_IMP)?\.[A-Za-z0-9]+$/u,
    timeZone: null,
  },
  {
    // Mode: N normal, E event, P parking, M by hand, and others; then front, rear or inside; then L or S for previews.
    name: 'blackvue',
    title: 'Blackvue: mode and camera after the time',
    pattern: /^(?<date>\d{8})_(?<time>\d{6})_(?:(?<mark>[EM])|[A-Z])[FRIO]?[LS]?\.(?:mp4|3gf|gps|thm|jpg)$/iu,
    timeZone: null,
  },
  {
    name: 'pixel',
    title: 'Android phones that name in UTC',
    pattern: /^PXL_(?<date>\d{8})_(?<time>\d{6})\d{0,3}(?:[._~-][A-Za-z0-9~._-]*)?\.[A-Za-z0-9]+$/u,
    timeZone: 'UTC',
  },
  {
    name: 'date-time',
    title: 'Any name that is a date and a time',
    pattern:
      /^(?:[A-Z]{3,4}_)?(?<date>\d{8})[_-](?<time>\d{6})(?:_[A-Za-z0-9]+)*?(?<mark>_IMP)?\.[A-Za-z0-9]+$/u,
    timeZone: null,
  },
  {
    // JEITA CP-3461 (DCF): four characters and a number; it tells no time.
    name: 'dcf',
    title: 'Plain DCIM: four characters and a number',
    pattern: /^[A-Z0-9_]{4}\d{4}\.[A-Za-z0-9]{1,4}$/u,
    timeZone: null,
  },
];

/** Folders in which recorders put marked or locked clips: DCAM, Novatek, Ambarella, and Chinese body cameras. */
export const markedFolderNames: ReadonlySet<string> = new Set([
  'IMP',
  'RO',
  'EVENT',
  'EMERGENCY',
  'LOCK',
  'LOCKED',
  'SOS',
  '重点',
  '重点文件',
  '重要',
]);
