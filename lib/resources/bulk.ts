import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { sample } from '../schema/zapier_fields.ts';
import { contactLink, flag, id, listOf, text, type Output } from '../schema/fields.ts';

const BulkResult = {
  contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
  ok: flag('Succeeded', true),
  message: text('Error Message', 'HighLevel refused this contact.').nullable(),
  url: contactLink,
};
/** The result of a bulk action for one contact; `message` is the reason when it is not `ok`. */
export type BulkResult = Output<typeof BulkResult>;

const OTHER_LINK =
  'https://app.gohighlevel.com/v2/location/ve9EPM428h8vShlRW1KT/contacts/detail/nRYcatDNrPih6qVGjq9r';

/** The output field with the result for each contact, as line items. */
export const bulkResults = listOf('Results', BulkResult).meta({
  example: [
    { ...sample(BulkResult), ok: true, message: null },
    { ...sample(BulkResult), ok: false, contactId: 'nRYcatDNrPih6qVGjq9r', url: OTHER_LINK },
  ],
});

/** The result of a bulk action. */
export interface BulkOutcome {
  succeeded: number;
  failed: number;
  results: BulkResult[];
}

const NOT_REACHED =
  'Not reached: HighLevel was busy, or there was no time left. Run this step again for this contact.';

/**
 * Runs a bulk action chunk by chunk and returns the result for each contact. `change` returns the contacts that HighLevel
 * refused, with its reasons. A chunk that fails is reported for its contacts and does not affect the others; the step fails,
 * with the last error, only if no contact was changed. At the rate limit, or the end of the run's time, the other contacts
 * are reported as not reached, because a replay would start from the first contact and get no further. It is thrown only if
 * nothing was done before.
 */
export async function inChunks(
  { contactUrl }: Pick<HighLevel, 'contactUrl'>,
  contactIds: readonly string[],
  size: number,
  change: (chunk: string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<BulkOutcome> {
  const results: BulkResult[] = [];
  const add = (contactId: string, message: string | null) =>
    results.push({ contactId, ok: message === null, message, url: contactUrl(contactId) });
  const fail = (ids: readonly string[], message: string) => {
    for (const contactId of ids) add(contactId, message);
  };
  let failure: ApiError | undefined;
  let isAnyChanged = false;
  for (let start = 0; start < contactIds.length; start += size) {
    const chunk = contactIds.slice(start, start + size);
    try {
      const refused = await change(chunk);
      for (const contactId of chunk) {
        const message = refused.get(contactId) ?? null;
        isAnyChanged ||= message === null;
        add(contactId, message);
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.kind === 'throttled') {
        // After HighLevel's rate limit the next run may get further; after a run out of time it would not.
        if (start === 0 || (!isAnyChanged && error.status === 429)) throw error;
        fail(contactIds.slice(start), NOT_REACHED);
        break;
      }
      failure = error;
      fail(chunk, error.message);
    }
  }
  if (failure && !isAnyChanged) throw failure;
  const succeeded = results.filter(({ ok }) => ok).length;
  return { succeeded, failed: results.length - succeeded, results };
}
