import { compareRevisions } from './revision.ts';

/** One word of a sender on one entity. */
export interface Word {
  /** Its place among all words; later words of the same revision stand over earlier ones. */
  sequence: number;
  revision: string | null;
  isWithdrawn: boolean;
  /** Canonical JSON; `null` where the sender took back what it did not name again. */
  facts: string | null;
}

/** What stands of an entity by all words on it. */
export interface Standing {
  /** Sequence of the word that stands. */
  received: number;
  isWithdrawn: boolean;
  /** Of the latest word that has any. */
  facts: string | null;
}

/** A word with the revision it counts as: one without counts as what stood when it came. */
interface PlacedWord extends Word {
  counts: string | null;
}

/**
 * All words on one entity. The word of the latest revision stands, whatever the order in which they came; of two with
 * the same revision, the one that came later.
 */
export class WordList {
  /** Words with a revision, each by all that makes it this very word. */
  readonly #known = new Set<string>();
  readonly #revisions = new Set<string>();
  #top: PlacedWord | null = null;
  #topWithFacts: PlacedWord | null = null;

  constructor(words: Iterable<Word> = []) {
    for (const word of words) this.add(word);
  }

  /** Adds a word; tells whether it stands now. */
  add(word: Word): boolean {
    const placed = { ...word, counts: word.revision ?? this.#top?.counts ?? null };
    if (word.revision !== null) {
      this.#known.add(nameOf(word));
      this.#revisions.add(word.revision);
    }
    if (placed.facts !== null && !isEarlier(placed, this.#topWithFacts)) this.#topWithFacts = placed;
    const stands = !isEarlier(placed, this.#top);
    if (stands) this.#top = placed;
    return stands;
  }

  /** Whether this very word is known: by its revision, or, without one, as what stands. */
  knows(word: Omit<Word, 'sequence'>): 'standing' | 'superseded' | null {
    const { revision } = word;
    const top = this.#top;
    const isTop = top !== null && (revision === null ? saysTheSame(top, word) : nameOf(top) === nameOf(word));
    if (isTop) return 'standing';
    return revision !== null && this.#known.has(nameOf(word)) ? 'superseded' : null;
  }

  /** Whether a word of this revision has come. */
  hasRevision(revision: string): boolean {
    return this.#revisions.has(revision);
  }

  standing(): Standing | null {
    if (this.#top === null) return null;
    const { sequence, isWithdrawn } = this.#top;
    return { received: sequence, isWithdrawn, facts: this.#topWithFacts?.facts ?? null };
  }
}

function nameOf({ revision, isWithdrawn, facts }: Omit<Word, 'sequence'>): string {
  return JSON.stringify([revision, isWithdrawn, facts]);
}

/** Taking back once more what is taken back says nothing new. */
function saysTheSame(top: Word, { isWithdrawn, facts }: Omit<Word, 'sequence'>): boolean {
  return top.isWithdrawn === isWithdrawn && (top.facts === facts || (isWithdrawn && facts === null));
}

/** Of two that count as the same revision, the one that came later stands. */
function isEarlier({ counts }: PlacedWord, top: PlacedWord | null): boolean {
  if (top === null || top.counts === null) return false;
  return counts === null || compareRevisions(counts, top.counts) < 0;
}
