import { join } from 'node:path';

/**
 * Where things lie in a store. No part of any path comes from a recorder.
 *
 *   index.sqlite                      the index
 *   incoming/<clip id>/               clips being pulled
 *   interrupted/<clip id>/            the beginnings of clips whose recorder went away
 *   forwarding/                       encryptions under way to an archive: <clip id>.<target>.age and what it is of
 *   receipt-key.pem                   what the dock signs receipts with, and receipt-key-sm2.pem where it signs by SM2 too
 *   clips/<yyyy-mm-dd>/<clip id>/     sealed clips: media.<extension> and clip.json; of a deleted clip deletion.json instead of the media
 *   previews/<clip id>.jpg            thumbnails
 */
export class StoreLayout {
  readonly root: string;
  readonly indexFile: string;
  readonly incoming: string;
  readonly interrupted: string;
  readonly forwarding: string;
  readonly clips: string;

  constructor(root: string) {
    this.root = root;
    this.indexFile = join(root, 'index.sqlite');
    this.incoming = join(root, 'incoming');
    this.interrupted = join(root, 'interrupted');
    this.forwarding = join(root, 'forwarding');
    this.clips = join(root, 'clips');
  }

  incomingFolder(clipId: string): string {
    return join(this.incoming, clipId);
  }

  interruptedFolder(clipId: string): string {
    return join(this.interrupted, clipId);
  }

  /** Folder of a sealed clip below `clips/`, told by its id alone: the day stands in the id. */
  storePath(clipId: string): string {
    return join(dayOfClipId(clipId), clipId);
  }

  sealedFolder(clipId: string): string {
    return join(this.clips, this.storePath(clipId));
  }

  /** Thumbnails are derived and lie apart from the clips: deleting them loses nothing. */
  thumbnailFile(clipId: string): string {
    return join(this.root, 'previews', `${clipId}.jpg`);
  }

  mediaFile(clipId: string, name: string): string {
    return join(this.sealedFolder(clipId), mediaFileName(name));
  }
}

export const recordFileName = 'clip.json';

/** The certificate that lies where the media of a deleted clip lay. */
export const deletionFileName = 'deletion.json';

/** Name of the stored media: always `media`, with the recorder's extension where it is a plain one. */
export function mediaFileName(name: string): string {
  const extension = /\.([A-Za-z0-9]{1,5})$/u.exec(name)?.[1]?.toLowerCase();
  return extension === undefined ? 'media.bin' : `media.${extension}`;
}

/** The UTC day in which a version 7 UUID was made (RFC 9562 §5.7: 48 bits of milliseconds lead it). */
export function dayOfClipId(clipId: string): string {
  const milliseconds = Number.parseInt(clipId.replaceAll('-', '').slice(0, 12), 16);
  return new Date(milliseconds).toISOString().slice(0, 10);
}
