import * as z from 'zod';
import { ApiError } from '../base/errors.ts';

const BulkResult = z.object({
  contactId: z.string(),
  ok: z.boolean(),
  message: z.string().nullable(),
});
/** What became of one contact of a bulk action; `message` says why when it is not `ok`. */
export type BulkResult = z.output<typeof BulkResult>;

/** What became of each contact of a bulk action. */
export const bulkResults = z.array(BulkResult).meta({
  title: 'Results',
  example: [{ contactId: 'ocQHyuzHvysMo5N5VsXc', ok: true, message: null }],
});

/** What became of a bulk action. */
export interface BulkOutcome {
  succeeded: number;
  failed: number;
  results: BulkResult[];
}

/**
 * Runs a bulk action chunk by chunk and tells what became of each contact. `change` gives the contacts that HighLevel
 * refused, with its reasons. A chunk that fails as a whole is told with its contacts and loses nothing of the others; only
 * when no contact was changed at all does the step fail, with the last error. The rate limit is no such failure: Zapier
 * runs the step again, which does no harm to the contacts that are done.
 */
export async function inChunks(
  contactIds: readonly string[],
  size: number,
  change: (chunk: string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<BulkOutcome> {
  const results: BulkResult[] = [];
  let failure: ApiError | undefined;
  for (let start = 0; start < contactIds.length; start += size) {
    const chunk = contactIds.slice(start, start + size);
    try {
      const refused = await change(chunk);
      results.push(
        ...chunk.map((contactId) => ({
          contactId,
          ok: !refused.has(contactId),
          message: refused.get(contactId) ?? null,
        })),
      );
    } catch (error) {
      if (!(error instanceof ApiError) || error.kind === 'throttled') throw error;
      failure = error;
      results.push(
        ...chunk.map((contactId) => ({ contactId, ok: false, message: failure?.message ?? null })),
      );
    }
  }
  const succeeded = results.filter(({ ok }) => ok).length;
  if (failure && succeeded === 0) throw failure;
  return { succeeded, failed: results.length - succeeded, results };
}
