import type { IndexReader } from '../index-store/index-database.ts';
import type { RecorderClaims } from './sealed-record.ts';

/** What a recorder said of itself when it was last docked. */
export async function readClaims(index: IndexReader, recorderId: string): Promise<RecorderClaims> {
  const [row] = await index.read('SELECT * FROM recorder WHERE recorder_id = ?', [recorderId]);
  const text = (value: unknown) => (value === null || value === undefined ? null : String(value));
  return {
    recorderId,
    driver: String(row?.driver),
    serialNumber: text(row?.serial_number),
    vendor: text(row?.vendor),
    model: text(row?.model),
    firmware: text(row?.firmware),
    officerNumber: text(row?.officer_number),
  };
}
