import { getCountries } from 'libphonenumber-js/min';

/** What people write instead of a country's name or code. */
const ALSO: ReadonlyMap<string, string> = new Map([
  ['usa', 'US'],
  ['uk', 'GB'],
]);

/** The countries with their ISO 3166 alpha-2 codes and English names, in the order of their names. */
export function countries(): { code: string; name: string }[] {
  const names = new Intl.DisplayNames(['en'], { type: 'region' });
  return getCountries()
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** The two-letter code that HighLevel wants of a country, given by code or English name; undefined for what is none. */
export function countryCode(given: string): string | undefined {
  const wanted = given.trim().toLowerCase();
  const also = ALSO.get(wanted);
  if (also) return also;
  if (/^[a-z]{2}$/.test(wanted)) return wanted.toUpperCase();
  return countries().find(({ name }) => name.toLowerCase() === wanted)?.code;
}
