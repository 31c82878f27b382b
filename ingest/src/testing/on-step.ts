import { onTestFinished } from 'vitest';
import { type Step, stepChannel } from '../step-channel.ts';

/**
 * Calls `act` at every step of the name (`null`: of any), at the very moment it is passed, until the test ends or the
 * returned function is called.
 */
export function onStep(name: string | null, act: (step: Step) => void): () => void {
  const listener = (message: unknown) => {
    const step = message as Step;
    if (name === null || step.name === name) act(step);
  };
  stepChannel.subscribe(listener);
  const stop = () => void stepChannel.unsubscribe(listener);
  onTestFinished(stop);
  return stop;
}
