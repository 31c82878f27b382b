export { createPreviews, type PreviewMaker, type PreviewOptions } from './preview-maker.ts';
