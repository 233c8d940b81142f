import { ApiError } from '../base/errors.ts';

/**
 * Which of email and phone number HighLevel refused, if an error is such a refusal: "email must be an email", "phone number is
 * invalid". Empty for other errors, and for the refusal of a second contact with the same email or phone. Sources: refusals
 * that other integrators report.
 */
export function refusedDetails(error: unknown): ('email' | 'phone')[] {
  if (!(error instanceof ApiError && error.kind === 'refused')) return [];
  const words = wordsOf(error);
  if (/duplicat|already|custom ?field|required|without|not allowed/i.test(words)) return [];
  const email = /(?<![a-z])e-?mail(?:s|_?address)?(?![a-z])|\S@\S+\.\S/i.test(words);
  const phone = /(?<![a-z])(?:tele)?phone(?:s|_?numbers?)?(?![a-z])|(?<!\d)\+\d{7,}/i.test(
    words.replace(/\S+@\S+/g, ''),
  );
  return [...(email ? ['email' as const] : []), ...(phone ? ['phone' as const] : [])];
}

/** HighLevel's own words in an error; the whole message where it quotes none. */
export function wordsOf(error: ApiError): string {
  return /HighLevel says: "(.*)"/s.exec(error.message)?.[1] ?? error.message;
}
