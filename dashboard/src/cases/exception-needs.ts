import type { ExceptionKind, ExemptionCode, GapReasonCode } from '@docket/gateway/contract';

interface ExceptionNeeds {
  codes: readonly (GapReasonCode | ExemptionCode)[];
  recorder: boolean;
  paperRecord: boolean;
}

/** What each kind of exception wants beside its reason. */
export const exceptionNeeds: Record<ExceptionKind, ExceptionNeeds> = {
  'gap-reason': {
    codes: ['device-fault', 'weather', 'battery', 'storage', 'place-change', 'other'],
    recorder: false,
    paperRecord: false,
  },
  exemption: {
    codes: ['state-secret', 'trade-secret', 'privacy', 'emergency', 'impossible'],
    recorder: false,
    paperRecord: false,
  },
  'late-dock': { codes: [], recorder: false, paperRecord: true },
  'recorder-broken': { codes: [], recorder: true, paperRecord: true },
  'recorder-lost': { codes: [], recorder: true, paperRecord: true },
  'place-unrecordable': { codes: [], recorder: false, paperRecord: true },
};

export const exceptionKinds = Object.keys(exceptionNeeds) as ExceptionKind[];
