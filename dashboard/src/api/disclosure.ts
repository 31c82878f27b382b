import type { DisclosureOutboxPage, DisclosureQuery } from '@docket/gateway/contract';
import { apiUrl, request } from './request.ts';

export function readDisclosure(query: DisclosureQuery): Promise<DisclosureOutboxPage> {
  return request(apiUrl('/disclosure/outbox', query));
}

export function retryDisclosure(eventId: string): Promise<void> {
  return request(apiUrl(`/disclosure/outbox/${encodeURIComponent(eventId)}/retry`), { method: 'POST' });
}
