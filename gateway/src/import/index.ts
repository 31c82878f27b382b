/** Reading records out of files, for the command line. */
export { batchesOf, tornRecords } from './batches.ts';
export { readRecordFile } from './record-file.ts';
export { TableFileError } from './table.ts';
export { csvTemplate, writeTemplate } from './template.ts';
