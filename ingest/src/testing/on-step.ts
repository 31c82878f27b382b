import { onTestFinished } from 'vitest';
import { type Step, stepChannel } from '../step-channel.ts';

/** Calls `act` at every step of the name, at the very moment it is passed, until the test ends. */
export function onStep(name: string | null, act: (step: Step) => void): void {
  const listener = (message: unknown) => {
    const step = message as Step;
    if (name === null || step.name === name) act(step);
  };
  stepChannel.subscribe(listener);
  onTestFinished(() => void stepChannel.unsubscribe(listener));
}
