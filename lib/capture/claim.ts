import { digest } from '../base/digest.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';

/** Longer than any run. A run that ends without a contact releases its claim. */
const CLAIM_SECONDS = 60;
/** By then the run with the claim has created the contact. */
const RETRY_MS = 15_000;

/**
 * Creates a contact in a sub-account that allows duplicates, where two concurrent runs would both find no contact and create
 * one. The run claims the email and then the phone number. Without the claim it throws ApiError `throttled`, so that Zapier
 * runs it again in 15 seconds and it finds the contact. Also throws what `create` throws.
 */
export async function createClaimed<T>(
  { cache }: HighLevel,
  details: { email: string | null; phone: string | null },
  create: () => Promise<T>,
): Promise<T> {
  const claimed: string[] = [];
  const release = () => Promise.all(claimed.map((key) => cache.release(key)));
  // In sequence: two runs that each got one of the two claims would both stop.
  for (const detail of [details.email, details.phone]) {
    if (detail === null) continue;
    const key = `creating:${digest(detail)}`;
    if (!(await cache.claim(key, CLAIM_SECONDS))) {
      await release();
      throw new ApiError('throttled', 'Another run is creating this contact. Zapier will try again.', {
        retryAfterMs: RETRY_MS,
      });
    }
    claimed.push(key);
  }
  try {
    return await create();
  } catch (error) {
    // The contact may still appear, and must not be created a second time meanwhile.
    if (!(error instanceof ApiError && error.kind === 'uncertain')) await release();
    throw error;
  }
}
