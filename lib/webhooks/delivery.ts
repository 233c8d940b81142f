import type { Bundle } from 'zapier-platform-core';
import { isObject } from '../base/json.ts';

/** A request that another system sent to the Zap's webhook URL. */
export interface Delivery {
  /** The unparsed body, which signatures cover; undefined when Zapier did not keep it. */
  raw: string | undefined;
  /** The raw body, or else the body as Zapier parsed it. */
  body: unknown;
  /** A header by its case-insensitive name. Zapier prefixes the names with `Http-`. */
  header: (name: string) => string | undefined;
}

/**
 * The delivery in the bundle of an instant trigger. Zapier passes the parsed body in two shapes, plain or wrapped with method
 * and headers; the raw body takes precedence over both.
 */
export function deliveryOf({
  rawRequest,
  cleanedRequest,
}: Pick<Bundle, 'rawRequest' | 'cleanedRequest'>): Delivery {
  const raw = rawRequest?.content;
  const cleaned: unknown = cleanedRequest;
  const wrapped = isObject(cleaned) && 'content' in cleaned && ('headers' in cleaned || 'method' in cleaned);
  const headers = Object.entries(rawRequest?.headers ?? {});
  return {
    raw: raw || undefined,
    body: raw || (wrapped ? cleaned.content : cleaned),
    header: (name) =>
      headers.find(([key]) => key.toLowerCase().replace(/^http-/, '') === name.toLowerCase())?.[1],
  };
}
