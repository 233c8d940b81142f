import { readEmail } from '../lib/base/email.ts';
import { readPhone } from '../lib/base/phone.ts';
import { measure } from '../test/unit/base/contact_details.corpus.ts';

/** The share of the corpus that must be parsed as intended. */
export const MIN_SHARE = 0.99;

/** How many contact details of the corpus are parsed as intended. */
export function details(): ReturnType<typeof measure> {
  return measure(
    (typed, visit, account) => readPhone(typed, { visit, account }).number,
    (typed) => readEmail(typed).email,
  );
}
