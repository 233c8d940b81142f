import { cleanLine } from '../base/text.ts';
import type { JivoChatEvent } from './event.ts';

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

/**
 * The UTM parameters of an event: from `utm_json`, or else JivoChat's pipe-separated `utm`, or else the page's query. Click
 * ids are only in the query.
 */
export function utmParameters({ session, page }: JivoChatEvent): UtmParameters {
  const piped = new Map(
    (session.utm ?? '').split('|').map((pair) => {
      const [key = '', ...value] = pair.split('=');
      return [key.trim().replace(/^utm_/, ''), decoded(value.join('='))];
    }),
  );
  const query = new URLSearchParams(/\?([^#]*)/.exec(page.url ?? '')?.[1]);
  const utm = (name: 'source' | 'medium' | 'campaign' | 'term' | 'content') =>
    session.utm_json[name] ?? orNull(piped.get(name)) ?? orNull(query.get(`utm_${name}`));
  return {
    utmSource: utm('source'),
    utmMedium: utm('medium'),
    utmCampaign: utm('campaign'),
    utmTerm: utm('term'),
    utmContent: utm('content'),
    gclid: orNull(query.get('gclid')),
    fbclid: orNull(query.get('fbclid')),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function orNull(text: string | null | undefined): string | null {
  return cleanLine(text ?? '') || null;
}
