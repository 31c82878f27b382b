import { join } from 'node:path';
import { soundMedium } from './devices/medium.ts';
import type { Plugged } from './devices/plugged.ts';
import { plugStorage } from './devices/usb.ts';
import { DocketInGuest } from './docket/docket-in-guest.ts';
import type { Machine } from './machine/machine.ts';
import { writeFat32Card } from './media/card-image.ts';
import { type ClipOnCard, type Footage, writeFootage } from './media/footage.ts';

/** A card made for a scenario. */
export interface Card {
  image: string;
  footage: Footage[];
}

/** What a scenario works with: a machine that runs the gateway, and a folder for whatever it plugs in. */
export class Lab {
  readonly machine: Machine;
  readonly docket: DocketInGuest;
  readonly folder: string;
  /** The image of the disk with store and archive. */
  readonly dataDisk: string;
  readonly #atEnd: (() => Promise<void>)[] = [];

  constructor(machine: Machine, dataDisk: string) {
    this.machine = machine;
    this.dataDisk = dataDisk;
    this.docket = new DocketInGuest(machine);
    this.folder = machine.folder;
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** Has something done when the scenario is over, however it ends; the last first. */
  atEnd(undo: () => Promise<void>): void {
    this.#atEnd.push(undo);
  }

  async end(): Promise<void> {
    for (const undo of this.#atEnd.reverse()) await undo();
  }

  footage(name: string, clips: readonly ClipOnCard[]): Promise<Footage[]> {
    return writeFootage(this.file(name), clips);
  }

  async fat32Card(name: string, clips: readonly ClipOnCard[], sizeMiB = 64): Promise<Card> {
    const image = this.file(`${name}.img`);
    const footage = await this.footage(name, clips);
    await writeFat32Card(image, 'RECORDER', this.file(name), sizeMiB);
    return { image, footage };
  }

  /** The port at which the guest's kernel has the USB device with this serial number. */
  async portOf(serialNumber: string): Promise<string> {
    const file = await this.machine.until(`grep -l '^${serialNumber}$' /sys/bus/usb/devices/*/serial`);
    return file.trim().split('/').at(-2) ?? '';
  }

  /** Plugs a sound card in at a port of the machine. */
  async plugCard(name: string, port: number, card: Card): Promise<Plugged> {
    const medium = await soundMedium(this.machine, name, card.image);
    return plugStorage(this.machine, { port, serial: `LAB-${name}` }, medium);
  }
}

/** Clips as a recorder names them, of one size. */
export function clips(count: number, sizeBytes: number, folder = 'DCIM/100MEDIA'): ClipOnCard[] {
  return Array.from({ length: count }, (_, index) => ({
    path: `${folder}/REC_${String(index + 1).padStart(4, '0')}.MP4`,
    sizeBytes,
  }));
}

export const mebibyte = 2 ** 20;
