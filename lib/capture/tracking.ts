import type { CustomFieldValue } from '../resources/custom_fields.ts';
import { id, optional, type Field } from '../schema/fields.ts';
import type { Lead } from '../jivochat/lead.ts';

/** The lead's value for each input. */
const sources = {
  utmSourceField: 'utmSource',
  utmMediumField: 'utmMedium',
  utmCampaignField: 'utmCampaign',
  utmTermField: 'utmTerm',
  utmContentField: 'utmContent',
  gclidField: 'gclid',
  fbclidField: 'fbclid',
  pageField: 'pageUrl',
} as const satisfies Record<string, keyof Lead>;

type TrackingKey = keyof typeof sources;

const field = (title: string) =>
  optional(
    id(title, 'cF1eLdIdOfTheSubAcct').meta({ editor: { type: 'string', dropdown: 'customFields' } }),
    'Choose a text custom field to save this value in. Leave blank to skip it.',
  );

/** The inputs that choose a custom field for each UTM parameter, click id and page of the visit. */
export const trackingInput = {
  utmSourceField: field('Save UTM Source To'),
  utmMediumField: field('Save UTM Medium To'),
  utmCampaignField: field('Save UTM Campaign To'),
  utmTermField: field('Save UTM Term To'),
  utmContentField: field('Save UTM Content To'),
  gclidField: field('Save Google Click ID To'),
  fbclidField: field('Save Facebook Click ID To'),
  pageField: field('Save Page URL To'),
} satisfies Record<TrackingKey, Field>;

/** The custom field values for the tracking values that the lead has and the user chose a field for. */
export function trackingValues(input: { [K in TrackingKey]?: string }, lead: Lead): CustomFieldValue[] {
  return Object.entries(sources).flatMap(([key, source]) => {
    const target = isTrackingKey(key) ? input[key] : undefined;
    const value = lead[source];
    return target && value ? [{ id: target, field_value: value }] : [];
  });
}

function isTrackingKey(key: string): key is TrackingKey {
  return Object.hasOwn(sources, key);
}
