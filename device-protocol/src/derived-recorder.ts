import type { Recorder } from './recorder.ts';

/** A recorder that is another one but for some of its powers. What is not given is passed on. */
export function deriveRecorder(recorder: Recorder, own: Partial<Recorder>): Recorder {
  return {
    driver: recorder.driver,
    capabilities: recorder.capabilities,
    parallelReads: recorder.parallelReads,
    firmware: recorder.firmware,
    identify: (signal) => recorder.identify(signal),
    readClock: (count, signal) => recorder.readClock(count, signal),
    setClock: (signal) => recorder.setClock(signal),
    readStatus: (signal) => recorder.readStatus(signal),
    hashOnDevice: (clip, signal) => recorder.hashOnDevice(clip, signal),
    writeIdentity: (identity, signal) => recorder.writeIdentity(identity, signal),
    switchMode: (signal) => recorder.switchMode(signal),
    list: (signal) => recorder.list(signal),
    open: (clip, signal) => recorder.open(clip, signal),
    erase: (clip, proof, signal) => recorder.erase(clip, proof, signal),
    endRelease: async () => recorder.endRelease?.(),
    isPresent: () => recorder.isPresent(),
    close: () => recorder.close(),
    ...own,
  };
}
