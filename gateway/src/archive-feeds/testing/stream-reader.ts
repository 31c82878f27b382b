import { createHash } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

export interface StreamedRecord {
  subject: string;
  /** In the stream. */
  position: number;
  /** In the chain of the dock, as the event names it. */
  sequence: number;
  id: string;
  /** Whether the record in the event has the hash the event names. */
  isWhole: boolean;
}

/** Everything a stream holds, in its order, read past the code that filled it. */
export async function readStream(url: string, stream: string): Promise<StreamedRecord[]> {
  const connection = await connect({ servers: url, reconnect: false });
  try {
    const { streams } = await jetstreamManager(connection);
    const { state } = await streams.info(stream);
    const found: StreamedRecord[] = [];
    for (let position = Math.max(1, state.first_seq); position <= state.last_seq; position += 1) {
      const message = await streams.getMessage(stream, { seq: position });
      if (message === null) continue;
      const { id, sequence, data } = JSON.parse(Buffer.from(message.data).toString()) as {
        id: string;
        sequence: string;
        data: unknown;
      };
      // Canonical JSON comes out of a parser of JavaScript as it went in.
      const isWhole =
        createHash('sha256')
          .update(JSON.stringify(data ?? null))
          .digest('hex') === id;
      found.push({ subject: message.subject, position, sequence: Number(sequence), id, isWhole });
    }
    return found;
  } finally {
    await connection.close();
  }
}
