import type { ClipLiveMatches } from '@docket/gateway/contract';
import { apiUrl, request } from './request.ts';

export const readClipLiveMatches = (clipId: string) =>
  request<ClipLiveMatches>(apiUrl(`/clips/${clipId}/live-matches`));
