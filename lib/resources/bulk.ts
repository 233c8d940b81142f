import * as z from 'zod';
import { ApiError } from '../base/errors.ts';

const BulkResult = z.object({
  contactId: z.string(),
  ok: z.boolean(),
  message: z.string().nullable(),
});
/** The result of a bulk action for one contact; `message` is the reason when it is not `ok`. */
export type BulkResult = z.output<typeof BulkResult>;

/** The output field with the result for each contact. */
export const bulkResults = z.array(BulkResult).meta({
  title: 'Results',
  example: [{ contactId: 'ocQHyuzHvysMo5N5VsXc', ok: true, message: null }],
});

/** The result of a bulk action. */
export interface BulkOutcome {
  succeeded: number;
  failed: number;
  results: BulkResult[];
}

/**
 * Runs a bulk action in chunks of `size` contacts and collects the result for each contact. `change` returns the contacts
 * that HighLevel refused, with the reasons. When a chunk fails, its contacts count as failed and the other chunks still run.
 * Throws the last error when no contact was changed. A rate limit is thrown at once: Zapier runs the step again, which is
 * safe for the contacts already changed.
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
