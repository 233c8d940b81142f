import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** Whether a text is the two-letter code of a country whose phone numbers can be read. */
export function isCountry(code: string): boolean {
  return isSupportedCountry(code.toUpperCase());
}

/**
 * A phone number in E.164, or null when it is none. A number without a country code is read in `country` (ISO 3166
 * alpha-2); `00` counts as `+`, an extension is dropped, digits may be of any script.
 */
export function toE164(raw: string, country?: string): string | null {
  const text = raw
    .normalize('NFKC')
    .trim()
    .replace(/^00(?=[1-9])/, '+');
  const home = country?.toUpperCase() ?? '';
  const parsed = parsePhoneNumberFromString(text, isSupportedCountry(home) ? home : undefined);
  return parsed?.isPossible() ? parsed.number : null;
}
