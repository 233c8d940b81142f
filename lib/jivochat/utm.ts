import { cleanLine } from '../base/text.ts';
import type { JivoChatEvent } from './event.ts';

/** The campaign marks of a visit. */
export interface Marks {
  utmSource: string | null;
  utmMedium: string | null;
  utmCampaign: string | null;
  utmTerm: string | null;
  utmContent: string | null;
  gclid: string | null;
  fbclid: string | null;
}

/** The marks of an event: from `utm_json`, else JivoChat's pipe text, else the page's query. Click ids stand only there. */
export function utmParameters({ session, page }: JivoChatEvent): Marks {
  const piped = new Map(
    (session.utm ?? '').split('|').map((pair) => {
      const [key = '', ...value] = pair.split('=');
      return [key.trim().replace(/^utm_/, ''), decoded(value.join('='))];
    }),
  );
  const query = new URLSearchParams(/\?([^#]*)/.exec(page.url ?? '')?.[1]);
  const mark = (name: 'source' | 'medium' | 'campaign' | 'term' | 'content') =>
    session.utm_json[name] ?? orNull(piped.get(name)) ?? orNull(query.get(`utm_${name}`));
  return {
    utmSource: mark('source'),
    utmMedium: mark('medium'),
    utmCampaign: mark('campaign'),
    utmTerm: mark('term'),
    utmContent: mark('content'),
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
