import type { Header } from '../header.ts';
import type { Message } from '../message.ts';
import { closeFile, download, fileHash, fileStatus, fsErrors, hashTypes } from './fs.ts';
import { eraseImage, imageErrors, readImages, uploadImage, writeImageState } from './image.ts';
import { echo, osErrors, readDateTime, readInfo, readParameters, reset, writeDateTime } from './os.ts';
import {
  eraseClip,
  listClips,
  markClip,
  readClip,
  readIdentity,
  readStatus,
  recorderErrors,
  writeIdentity,
} from './recorder.ts';

export interface Group {
  id: number;
  title: string;
  messages: readonly Message[];
  errors: Readonly<Record<number, string>>;
}

// A row is used as a plain Message only to be looked up and printed, where its exact fields do not matter.
const row = (value: unknown) => value as Message;

/** Every message Docket speaks over SMP. */
export const groups: readonly Group[] = [
  {
    id: 0,
    title: 'OS management',
    messages: [echo, readDateTime, writeDateTime, reset, readParameters, readInfo].map(row),
    errors: osErrors,
  },
  {
    id: 1,
    title: 'Image management',
    messages: [readImages, writeImageState, uploadImage, eraseImage].map(row),
    errors: imageErrors,
  },
  {
    id: 8,
    title: 'File management',
    messages: [download, fileStatus, fileHash, hashTypes, closeFile].map(row),
    errors: fsErrors,
  },
  {
    id: 64,
    title: 'Recorder management (vendor group)',
    messages: [readIdentity, listClips, readClip, eraseClip, readStatus, writeIdentity, markClip].map(row),
    errors: recorderErrors,
  },
];

/** The message of a request header; `undefined` where there is none. */
export function messageOf(header: Pick<Header, 'group' | 'command' | 'operation'>): Message | undefined {
  return groups
    .find((group) => group.id === header.group)
    ?.messages.find((entry) => entry.command === header.command && entry.operation === header.operation);
}
