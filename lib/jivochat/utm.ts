import { cleanLine } from '../base/text.ts';
import { isObject } from '../base/json.ts';
import { isWritten, lineFrom, parsedText } from './values.ts';

/** The UTM parameters and ad click ids of a visit. */
export interface UtmParameters {
  utmSource: string | null;
  utmMedium: string | null;
  utmCampaign: string | null;
  utmTerm: string | null;
  utmContent: string | null;
  gclid: string | null;
  fbclid: string | null;
}

/** The names of the five UTM parameters, in lower case. JivoChat also calls the term `keyword`. */
const KEY = '(?:utm_)?(?:source|medium|campaign|term|keyword|content)';
const IS_KEY = new RegExp(`^${KEY}$`);
/** The separators between parameters other than JivoChat's pipe. A value may contain them too. */
const BETWEEN = new RegExp(`[&;,\\n][^\\S\\n]*(?=${KEY}\\s*=)`, 'i');
/** Far longer than real UTM parameters. */
const MAX_LENGTH = 20_000;

/** UTM parameters by name, in lower case, without `utm_`. */
export type Utm = Record<string, string>;

/**
 * Reads UTM parameters in any form: an object, JSON text, JivoChat's `source=google|medium=cpc`, or a query string. Names in
 * any case, with or without `utm_`. Returns an empty object if there are none.
 */
export function readUtm(value: unknown): Utm {
  const given = typeof value === 'string' ? parsedText(value.slice(0, MAX_LENGTH)) : value;
  if (isObject(given)) return utmFrom(Object.entries(given));
  if (typeof given !== 'string') return {};
  const text = given.replaceAll('&amp;', '&').replace(/^[^=|]*\?/, '');
  return utmFrom(
    text.split(text.includes('|') ? '|' : BETWEEN).map((pair): [string, unknown] => {
      const [key = '', ...rest] = pair.split('=');
      return [key, decoded(rest.join('='))];
    }),
  );
}

/** The possible sources of a visit's UTM parameters. */
export interface UtmSources {
  utmJson: Utm;
  utm: Utm;
  pageUrl: string | null;
}

/**
 * The UTM parameters of a visit: those of `utm_json`, or else of JivoChat's `utm`, or else of the page's query. They are
 * never mixed: the first source with any parameters is used. Click ids are only in the query.
 */
export function utmParameters({ utmJson, utm, pageUrl }: UtmSources): UtmParameters {
  const query = new Map<string, string>();
  const search = /\?([^#]*)/.exec(pageUrl ?? '')?.[1]?.replaceAll('&amp;', '&');
  for (const [key, value] of new URLSearchParams(search)) {
    const name = key.toLowerCase();
    if (!query.get(name)) query.set(name, cleanLine(value));
  }
  const inQuery = utmFrom([...query].filter(([key]) => key.startsWith('utm_')));
  const found = [utmJson, utm, inQuery].find((source) => Object.keys(source).length > 0) ?? {};
  return {
    utmSource: found.source ?? null,
    utmMedium: found.medium ?? null,
    utmCampaign: found.campaign ?? null,
    utmTerm: found.term ?? found.keyword ?? null,
    utmContent: found.content ?? null,
    gclid: query.get('gclid') || null,
    fbclid: query.get('fbclid') || null,
  };
}

function utmFrom(entries: [string, unknown][]): Utm {
  const utm: Utm = {};
  for (const [key, value] of entries) {
    const name = key.trim().toLowerCase();
    const text = isWritten(value) ? lineFrom(value) : null;
    if (text !== null && IS_KEY.test(name)) utm[name.replace(/^utm_/, '')] ??= text;
  }
  return utm;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
