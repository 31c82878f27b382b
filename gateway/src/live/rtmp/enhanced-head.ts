/** What tells the parts of an Enhanced RTMP tag from each other. */
export interface EnhancedHead {
  packetType: number;
  /** Four letters that name the codec, fit for a log; empty where there is more than one track. */
  fourCc: string;
  body: Buffer;
}

const modEx = 7;

/**
 * Reads the head of a tag of video or audio (Enhanced RTMP v2, ExVideoTagHeader and ExAudioTagHeader); modifiers such as
 * nanoseconds are passed over. `multitrackType`: the packet type by which several tracks come in one tag. Throws RangeError
 * where the tag is too short.
 */
export function readEnhancedHead(data: Buffer, multitrackType: number): EnhancedHead {
  let packetType = data.readUInt8(0) & 0x0f;
  let position = 1;
  while (packetType === modEx) {
    let sizeBytes = data.readUInt8(position) + 1;
    position += 1;
    if (sizeBytes === 256) {
      sizeBytes = data.readUInt16BE(position) + 1;
      position += 2;
    }
    packetType = data.readUInt8(position + sizeBytes) & 0x0f;
    position += sizeBytes + 1;
  }
  if (packetType === multitrackType) return { packetType, fourCc: '', body: data.subarray(position) };
  // Reading the letters as a number proves that they are there.
  data.readUInt32BE(position);
  const letters = data.toString('latin1', position, position + 4);
  const fourCc = /^[\w.-]{4}$/.test(letters) ? letters : 'unknown';
  return { packetType, fourCc, body: data.subarray(position + 4) };
}
