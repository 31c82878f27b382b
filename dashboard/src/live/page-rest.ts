/** The part of Document that is used here; a test brings its own. */
export interface PageLike extends EventTarget {
  readonly hidden: boolean;
}

const restAfterMs = 20_000;

/**
 * Tells when nobody looks at a page any more, and when somebody does again. A page that is opened unseen rests from the
 * beginning: browsers load no media there, and what came would pile up.
 */
export class PageRest {
  readonly #page: PageLike;
  readonly #onRest: () => void;
  readonly #onShown: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `onRest`: not shown for 20 s. `onShown`: shown again, after a rest or before one. */
  constructor(page: PageLike, onRest: () => void, onShown: () => void) {
    this.#page = page;
    this.#onRest = onRest;
    this.#onShown = onShown;
    page.addEventListener('visibilitychange', this.#look);
    if (page.hidden) onRest();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#page.removeEventListener('visibilitychange', this.#look);
  }

  readonly #look = () => {
    clearTimeout(this.#timer);
    if (this.#page.hidden) this.#timer = setTimeout(this.#onRest, restAfterMs);
    else this.#onShown();
  };
}
