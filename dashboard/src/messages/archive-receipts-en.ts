/** Words for receipts in the custody log. */
export const archiveReceiptsEn = {
  custody: {
    'receipt-taken': 'Receipt of a further archive',
    'receipt-key-trusted': 'Key of receipts trusted',
  },
};
