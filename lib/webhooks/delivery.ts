import type { Bundle } from 'zapier-platform-core';
import { isObject } from '../base/json.ts';

/** A request that another system sent to the Zap's address. */
export interface Delivery {
  /** The body exactly as it came, where Zapier kept it: what a signature is made over. */
  raw: string | undefined;
  /** The body, parsed where Zapier parsed it. */
  body: unknown;
  /** A header by its name in any case; Zapier puts `Http-` before the names. */
  header: (name: string) => string | undefined;
}

/**
 * The delivery in a hook's bundle. Zapier hands the parsed body over in two shapes: as it is, or wrapped with method and
 * headers; the raw one wins over both.
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
