import { apiBase } from '../contract/index.ts';
import type { Log } from '../log.ts';
import { demoDepartment, demoSender, exampleCases } from './example-cases.ts';

/** Tells a running gateway of the example cases, as a case system would: over the API. What is refused is in the log. */
export async function tellCases(url: string, shiftEnd: Date, log: Log, signal: AbortSignal): Promise<void> {
  const { records, firstDay } = exampleCases(shiftEnd);
  const { departmentId, reason } = demoDepartment;
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const content = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}${apiBase}${path}`, { ...content, headers, signal });
    const answer: unknown = await response.json();
    if (!response.ok) log.warn({ path, status: response.status, answer }, 'an example was refused');
    return answer;
  };
  try {
    const lists = (await ask(`/duty-lists/${departmentId}/versions`)) as { versions?: unknown[] };
    if (lists.versions?.length === 0) {
      const adoption = { inForceFrom: firstDay, reason, person: '张三' };
      await ask(`/duty-lists/${departmentId}/adopt-preset`, adoption);
    }
    await ask('/inbound', { sender: demoSender, records });
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, 'the examples could not be told');
  }
}
