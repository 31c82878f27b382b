import type { ProbeReport } from '@docket/ingest';
import type { Component } from '../component.ts';

/** Tries targets on request, each once at a time. A probe goes on when whoever asked has left, and ends with the gateway. */
export class ProbesUnderWay implements Component {
  readonly name = 'archive probes';
  readonly #probe: (target: string, signal: AbortSignal, person: string) => Promise<ProbeReport>;
  readonly #stopping = new AbortController();
  readonly #underWay = new Map<string, Promise<ProbeReport>>();

  constructor(probe: (target: string, signal: AbortSignal, person: string) => Promise<ProbeReport>) {
    this.#probe = probe;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#underWay.values());
  }

  isUnderWay(target: string): boolean {
    return this.#underWay.has(target);
  }

  /** Begins a probe, or joins the one that runs. `null` after `patienceMs`: it goes on. */
  async run(target: string, person: string, patienceMs: number): Promise<ProbeReport | null> {
    const probing = this.#underWay.get(target) ?? this.#begin(target, person);
    let timer: NodeJS.Timeout | undefined;
    const outOfPatience = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), patienceMs);
    });
    try {
      return await Promise.race([probing, outOfPatience]);
    } finally {
      clearTimeout(timer);
    }
  }

  #begin(target: string, person: string): Promise<ProbeReport> {
    const probing = this.#probe(target, this.#stopping.signal, person).finally(() =>
      this.#underWay.delete(target),
    );
    // Whoever asked may have left; what it found is kept all the same.
    probing.catch(() => {});
    this.#underWay.set(target, probing);
    return probing;
  }
}
