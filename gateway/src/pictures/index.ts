export { PictureComparer, type PictureComparerOptions } from './picture-comparer.ts';
export { readPictures } from './read-pictures.ts';
