import type { DutyListContent } from '../duty-list.ts';

/** A list that comes with Docket, made from the published plan of one department. */
export interface DutyListPreset {
  departmentId: string;
  departmentName: string;
  /** What a version made from it is called. */
  name: string;
  /** The plan it is made from. */
  document: string;
  content: DutyListContent;
}
