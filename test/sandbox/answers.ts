import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/**
 * Ends a request with one of HighLevel's error bodies. `more` is merged into it: a `statusCode` there may differ from the
 * status of the response, as it does at HighLevel.
 */
export function refuse(status: ContentfulStatusCode, message: string | string[], more: object = {}): never {
  const names: Record<number, string> = {
    400: 'Bad Request',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'Not Found',
    422: 'Unprocessable Entity',
  };
  const body = { statusCode: status, message, error: names[status], ...more };
  throw new HTTPException(status, { res: Response.json(body, { status }) });
}

/** HighLevel returns 400, not 404, for a contact that does not exist. Measured by other integrators. */
export function noContact(id: string): never {
  return refuse(400, `Contact not found for id:${id}`);
}

/** Who names no sub-account in a query is refused as if it were another's. Reported from live accounts. */
export function needLocation(locationId: string | undefined): void {
  if (!locationId) refuse(403, 'The token does not have access to this location.');
}

/** HighLevel refuses a page size above its limit instead of capping it. Reported from live accounts. */
export function needAtMost(name: string, value: number, most: number): void {
  if (!(value <= most)) refuse(400, `${name} must not be greater than ${most}`);
}

/** That it is done, in both spellings. Recorded for contacts, tasks and workflows. */
export const done = { succeded: true, succeeded: true };

/** Adds the trace id that every HighLevel response and error has. Recorded in all of them. */
export async function traced(answer: Response, traceId: string): Promise<Response> {
  if (!answer.headers.get('content-type')?.startsWith('application/json')) return answer;
  const text = await answer.text();
  const isEmpty = /^\{\s*\}$/.test(text);
  const body = text.endsWith('}') ? `${text.slice(0, -1)}${isEmpty ? '' : ','}"traceId":"${traceId}"}` : text;
  const headers = new Headers(answer.headers);
  headers.delete('content-length');
  return new Response(body, { status: answer.status, headers });
}
