import { digest } from '../base/digest.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';

/** Longer than any run, so that a claim outlives it; a run that ends without a contact gives its claim back. */
const CLAIM_SECONDS = 60;
/** By then the run that has the claim has created the contact. */
const RETRY_MS = 15_000;

/**
 * Creates a contact where HighLevel allows duplicates and two runs that look at the same moment would both find none. The run
 * claims the email and then the phone number; a run that gets no claim ends, and Zapier runs it again in 15 seconds: then it
 * finds the contact. Throws ApiError `throttled` for that, and what `create` throws.
 */
export async function createClaimed<T>(
  { cache }: HighLevel,
  details: { email: string | null; phone: string | null },
  create: () => Promise<T>,
): Promise<T> {
  const claimed: string[] = [];
  const release = () => Promise.all(claimed.map((key) => cache.release(key)));
  // One after the other: two runs that each have one of the two would both end.
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
