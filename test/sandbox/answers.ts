import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Ends a request with one of HighLevel's error bodies. */
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

/** HighLevel answers 400, not 404, for a contact that is not there. Measured by other integrators. */
export function noContact(id: string): never {
  return refuse(400, `Contact not found for id:${id}`);
}

/** The id that HighLevel sends with answers, for its support. */
export function traceId(): string {
  return crypto.randomUUID();
}
