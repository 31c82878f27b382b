export { type ParsedDutyRows, parseDutyListRows } from './parse-duty-list-rows.ts';
