export { codePicture } from './code-picture.ts';
export { CodeReader, type CodeReaderOptions } from './code-reader.ts';
