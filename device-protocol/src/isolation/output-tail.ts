import type { Readable } from 'node:stream';

const keptCharacters = 4096;

/** The last of what a process said, for whoever asks why it ended. Reads on for ever and keeps little. */
export class OutputTail {
  #text = '';

  constructor(...streams: readonly Readable[]) {
    for (const stream of streams) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#text = (this.#text + text.slice(-keptCharacters)).slice(-keptCharacters);
      });
      stream.on('error', () => {});
    }
  }

  /** The line that says most: an error's, else the last; `null` where nothing was said. */
  lastWord(): string | null {
    const lines = this.#text
      .split('\n')
      .map((line) => line.replace(/\p{Cc}/gu, ' ').trim())
      .filter((line) => line !== '');
    const error = lines.findLast((line) =>
      /^(?:[A-Z]\w*(?:Error|Exception)\b.*:|.*Assertion `|FATAL)/u.test(line),
    );
    return (error ?? lines.at(-1))?.slice(0, 300) ?? null;
  }
}
