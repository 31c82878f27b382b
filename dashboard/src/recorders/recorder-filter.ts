import type { RecorderQuery } from '@docket/gateway/contract';
import type { LocationQuery } from 'vue-router';
import type { RecorderState } from '../api/contract-types.ts';

/** What the list of recorders can be narrowed to; it stands in the address of the page. */
export interface RecorderFilter {
  text: string;
  state: RecorderState | null;
  batteryLow: boolean;
  clockFault: boolean;
  concern: boolean;
  notSeenForDays: number | null;
}

export const recorderStates = ['in-service', 'lost', 'broken', 'retired'] as const satisfies RecorderState[];
/** A battery below this will hardly last a shift. */
export const lowBatteryPercent = 20;
export const absences = [7, 30, 90] as const;

export const emptyRecorderFilter: RecorderFilter = {
  text: '',
  state: null,
  batteryLow: false,
  clockFault: false,
  concern: false,
  notSeenForDays: null,
};

export function recorderFilterOf(query: LocationQuery): RecorderFilter {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : '');
  return {
    text: text('text').slice(0, 100),
    state: recorderStates.find((state) => state === text('state')) ?? null,
    batteryLow: text('battery') === 'low',
    clockFault: text('clock') === 'fault',
    concern: text('concern') === 'yes',
    notSeenForDays: absences.find((days) => String(days) === text('absent')) ?? null,
  };
}

export function addressOf(filter: RecorderFilter): Record<string, string> {
  return {
    ...(filter.text === '' ? {} : { text: filter.text }),
    ...(filter.state === null ? {} : { state: filter.state }),
    ...(filter.batteryLow ? { battery: 'low' } : {}),
    ...(filter.clockFault ? { clock: 'fault' } : {}),
    ...(filter.concern ? { concern: 'yes' } : {}),
    ...(filter.notSeenForDays === null ? {} : { absent: String(filter.notSeenForDays) }),
  };
}

export function recorderQueryOf(filter: RecorderFilter): RecorderQuery {
  return {
    ...(filter.text === '' ? {} : { text: filter.text }),
    ...(filter.state === null ? {} : { state: filter.state }),
    ...(filter.batteryLow ? { batteryBelow: lowBatteryPercent } : {}),
    ...(filter.clockFault ? { clockFault: true } : {}),
    ...(filter.concern ? { concern: true } : {}),
    ...(filter.notSeenForDays === null ? {} : { notSeenForDays: filter.notSeenForDays }),
  };
}
