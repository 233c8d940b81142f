import { readEmail } from '../lib/base/email.ts';
import { readPhone } from '../lib/base/phone.ts';
import { measure } from '../test/unit/base/contact_details.corpus.ts';

/** How many contact details of the corpus are parsed as intended. */
export function details(): ReturnType<typeof measure> {
  return measure(
    (typed, visit, account) => readPhone(typed, { visit, account }).number,
    (typed) => readEmail(typed).email,
  );
}

if (import.meta.main) {
  const { right, total, misses } = details();
  console.log(
    `Contact details read as they were meant: ${right} of ${total} (${((100 * right) / total).toFixed(1)} %).`,
  );
  for (const miss of misses) console.log(`  ${miss}`);
}
