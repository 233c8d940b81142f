import * as z from 'zod';

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
