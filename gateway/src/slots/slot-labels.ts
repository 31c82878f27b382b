import { createHash } from 'node:crypto';
import { rename } from 'node:fs/promises';
import type { SlotPlace } from '../contract/index.ts';
import type { Log } from '../log.ts';
import { type AssignedLabel, readLabelFile, writeLabelFile } from './label-file.ts';

/** Where ports are on the machine, whatever their bus is numbered now. */
export interface PortPlaces {
  placeOf(portPath: string): string;
  portPathOf(place: string): string | null;
}

export interface SlotLabelsOptions {
  /** Where the map is kept. */
  file: string;
  places: PortPlaces;
  /** Labels of the configuration; they stand above what calibration says. */
  configured: readonly { slot: string; label: string }[];
  log: Log;
}

export type LabelRefusalCode = 'label-taken' | 'label-configured' | 'not-found';

/** A label cannot be given, changed or forgotten. */
export class LabelRefusal extends Error {
  readonly code: LabelRefusalCode;

  constructor(code: LabelRefusalCode, message: string) {
    super(message);
    this.name = 'LabelRefusal';
    this.code = code;
  }
}

/** What each place of the dock is called. A place keeps its label when its bus is numbered anew. */
export class SlotLabels {
  readonly #options: SlotLabelsOptions;
  readonly #listeners = new Set<() => void>();
  #assigned: readonly AssignedLabel[];
  /** Changes are written one after the other. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(options: SlotLabelsOptions, assigned: readonly AssignedLabel[]) {
    this.#options = options;
    this.#assigned = assigned;
  }

  /** A map that cannot be read is set aside: slots without names are better than none. */
  static async open(options: SlotLabelsOptions): Promise<SlotLabels> {
    const { file, log } = options;
    try {
      return new SlotLabels(options, await readLabelFile(file));
    } catch (error) {
      log.error({ err: error, file }, 'the map of slots cannot be read; it is set aside');
      await rename(file, `${file}.unreadable`);
      return new SlotLabels(options, []);
    }
  }

  labelOf(portPath: string): string | null {
    const place = this.#options.places.placeOf(portPath);
    return (
      this.#configuredLabel(place) ?? this.#assigned.find((known) => known.place === place)?.label ?? null
    );
  }

  /** Port paths, as they are now, of every place that has a label and whose controller is there. */
  slots(): string[] {
    return this.list().flatMap(({ slot }) => slot ?? []);
  }

  /** Every place that has a label. */
  list(): SlotPlace[] {
    const { configured, places } = this.#options;
    const fromConfig = configured.map(({ slot, label }) => ({
      ...this.#named(places.placeOf(slot)),
      slot,
      label,
      source: 'configuration' as const,
      assignedAt: null,
      assignedBy: null,
    }));
    const overridden = new Set(fromConfig.map(({ place }) => place));
    const calibrated = this.#assigned
      .filter(({ place }) => !overridden.has(place))
      .map((known) => ({
        ...known,
        ...this.#named(known.place),
        slot: places.portPathOf(known.place),
        source: 'calibration' as const,
      }));
    return [...fromConfig, ...calibrated];
  }

  /** How a port is known here. */
  describe(portPath: string): { placeId: string; place: string; label: string | null } {
    return { ...this.#named(this.#options.places.placeOf(portPath)), label: this.labelOf(portPath) };
  }

  /** Gives the place of a port its label, in place of any it had. Throws LabelRefusal. */
  assign(portPath: string, label: string, operator: string): Promise<void> {
    const place = this.#options.places.placeOf(portPath);
    return this.#change((assigned) => {
      this.#assertFree(assigned, place, label);
      const entry = { place, label, assignedAt: new Date().toISOString(), assignedBy: operator };
      return [...assigned.filter((known) => known.place !== place), entry];
    });
  }

  /** Gives a place that has a label another. Throws LabelRefusal. */
  rename(placeId: string, label: string, operator: string): Promise<void> {
    return this.#change((assigned) => {
      const { place } = this.#find(assigned, placeId);
      this.#assertFree(assigned, place, label);
      const at = new Date().toISOString();
      return assigned.map((known) =>
        known.place === place ? { place, label, assignedAt: at, assignedBy: operator } : known,
      );
    });
  }

  /** Throws LabelRefusal. */
  forget(placeId: string): Promise<void> {
    return this.#change((assigned) => {
      const { place } = this.#find(assigned, placeId);
      return assigned.filter((known) => known.place !== place);
    });
  }

  /** Calls `listener` after each change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #change(next: (assigned: readonly AssignedLabel[]) => readonly AssignedLabel[]): Promise<void> {
    const turn = this.#writing.then(async () => {
      const assigned = next(this.#assigned);
      await writeLabelFile(this.#options.file, assigned);
      this.#assigned = assigned;
      for (const listener of this.#listeners) listener();
    });
    this.#writing = turn.catch(() => {});
    return turn;
  }

  #find(assigned: readonly AssignedLabel[], placeId: string): AssignedLabel {
    const found = assigned.find(({ place }) => placeIdOf(place) === placeId);
    if (found === undefined) throw new LabelRefusal('not-found', 'no place of this id has a label');
    return found;
  }

  #assertFree(assigned: readonly AssignedLabel[], place: string, label: string): void {
    if (this.#configuredLabel(place) !== null) {
      throw new LabelRefusal('label-configured', 'the label of this place stands in the configuration');
    }
    const other =
      assigned.find((known) => known.label === label && known.place !== place) ??
      this.#options.configured.find((known) => known.label === label);
    if (other !== undefined) throw new LabelRefusal('label-taken', `another place is called ${label}`);
  }

  #configuredLabel(place: string): string | null {
    const { configured, places } = this.#options;
    return configured.find(({ slot }) => places.placeOf(slot) === place)?.label ?? null;
  }

  #named(place: string): { placeId: string; place: string } {
    return { placeId: placeIdOf(place), place };
  }
}

/** A short name for a place that fits into an address. */
function placeIdOf(place: string): string {
  return createHash('sha256').update(place).digest('hex').slice(0, 16);
}
