/** Real ways to recorders. Only a composition root imports these; everything else sees the seam. */
export { volumeDriver } from '../volume/volume-recorder.ts';
export { type VolumeWatchOptions, watchVolumes } from '../volume/volume-watch.ts';
