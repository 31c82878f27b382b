import type { archiveReceiptsEn } from './archive-receipts-en.ts';

export const archiveReceiptsZhCN: typeof archiveReceiptsEn = {
  custody: {
    'receipt-taken': '另一归档目标的回执',
    'receipt-key-trusted': '信任回执签名密钥',
  },
};
