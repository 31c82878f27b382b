export interface PictureSize {
  widthPixels: number;
  heightPixels: number;
}
