/**
 * The field: all recorders and all viewers of one run, in a process of their own whose cost is nobody's. Told what to do
 * over its channel, one order after the other.
 */

import { CountingViewer } from './counting-viewer.ts';
import type { FieldFigures, FieldOrder, FieldReport, StreamOutput } from './field-orders.ts';
import { type Film, readFilm } from './film.ts';
import { PacedSender } from './paced-sender.ts';

let film: Film | null = null;
let senders: PacedSender[] = [];
let viewers: CountingViewer[] = [];

async function obey(order: FieldOrder): Promise<FieldFigures | null> {
  switch (order.do) {
    case 'begin':
      await begin(order);
      return null;
    case 'measure':
      for (const viewer of viewers) viewer.delaysMs = [];
      return null;
    case 'tell':
      return figures();
    case 'end':
      await Promise.all(senders.map((sender) => sender.stop()));
      for (const viewer of viewers) viewer.stop();
      return figures();
  }
}

async function begin({ film: file, streams }: FieldOrder & { do: 'begin' }): Promise<void> {
  film ??= await readFilm(file);
  const shown = film;
  const sent = streams.map((): number[] => []);
  const open = (isWanted: (out: NonNullable<StreamOutput>) => boolean) =>
    Promise.all(
      streams.flatMap(({ out }, index) =>
        out !== null && isWanted(out) ? [CountingViewer.open(out, sent[index] ?? [])] : [],
      ),
    );
  // Those that are given a stream must be there before it is.
  const given = open((out) => 'port' in out);
  senders = await Promise.all(
    streams.map(({ push }, index) => PacedSender.open(shown, push, sent[index] ?? [])),
  );
  for (const [index, sender] of senders.entries()) {
    sender.start((index * 1_000) / shown.framesPerSecond / senders.length);
  }
  // Until a picture has come, some servers have nothing to describe.
  await new Promise((resolve) => setTimeout(resolve, 500));
  viewers = [...(await given), ...(await open((out) => 'url' in out))];
}

function figures(): FieldFigures {
  return {
    sentPictures: senders.map(({ sentPictures }) => sentPictures),
    mostWaitingBytes: Math.max(0, ...senders.map(({ mostWaitingBytes }) => mostWaitingBytes)),
    packets: viewers.reduce((sum, { packets }) => sum + packets, 0),
    packetsLost: viewers.reduce((sum, { packetsLost }) => sum + packetsLost, 0),
    picturesLost: viewers.reduce((sum, { picturesLost }) => sum + picturesLost, 0),
    delaysMs: viewers.flatMap(({ delaysMs }) => delaysMs),
  };
}

process.on('message', (order: FieldOrder) => {
  obey(order).then(
    (told) => process.send?.({ figures: told, error: null } satisfies FieldReport),
    (error: unknown) => process.send?.({ figures: null, error: String(error) } satisfies FieldReport),
  );
});
process.on('disconnect', () => process.exit(0));
