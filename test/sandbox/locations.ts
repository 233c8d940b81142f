import { Hono } from 'hono';
import { needLocation, refuse } from './answers.ts';
import { lowerTags } from './contacts.ts';
import { scope, type Env } from './gate.ts';
import type { Store, StoredBusiness } from './store.ts';
import { filled, strictBody, string } from './strict.ts';

/** The fields of a business. Source: HighLevel's OpenAPI files, the DTOs of create and update. */
const business = {
  name: filled(string),
  email: string,
  phone: string,
  website: string,
  address: string,
  city: string,
  state: string,
  postalCode: string,
  country: string,
  description: string,
};

const EMAIL = 'office@example.com';

/** A sub-account and its records: tags, custom fields, users, businesses, campaigns, workflows. */
export function locations(store: Store): Hono<Env> {
  const app = new Hono<Env>();
  const user = ({ phone, ...found }: Store['users'][number]) => ({
    ...found,
    ...(phone && { phone }),
    permissions: { contactsEnabled: true, settingsEnabled: true },
    deleted: false,
    roles: { type: 'account', role: 'user', locationIds: [store.locationId], restrictSubAccount: false },
    scopes: ['contacts.write'],
    scopesAssignedToOnly: ['contacts.write'],
    platformLanguage: 'en',
    lcPhone: {},
  });

  // An agency's list: a sub-account's token sees only its own sub-account.
  app.get('/locations/search', scope('locations.readonly'), (c) =>
    c.json({ locations: [{ id: store.locationId, name: store.location.name, email: EMAIL }] }),
  );

  app.get('/locations/:locationId', scope('locations.readonly'), (c) =>
    c.json({ location: subAccount(store) }),
  );

  app.get('/locations/:locationId/tags', scope('locations/tags.readonly'), (c) =>
    c.json({ tags: [...store.tags.values()].map((tag) => ({ ...tag, locationId: store.locationId })) }),
  );

  app.post('/locations/:locationId/tags', scope('locations/tags.write'), (c) => {
    const body = strictBody(c.get('body'), { name: filled(string) }, ['name']);
    const [name = ''] = lowerTags([body.name]);
    if (store.tags.has(name)) refuse(400, 'The tag name is already exist.');
    const tag = { id: store.random.id(), name };
    store.tags.set(name, tag);
    return c.json({ tag: { ...tag, locationId: store.locationId } });
  });

  app.get('/locations/:locationId/tags/:tagId', scope('locations/tags.readonly'), (c) =>
    c.json({ tag: { ...tagOf(store, c.req.param('tagId')), locationId: store.locationId } }),
  );

  app.delete('/locations/:locationId/tags/:tagId', scope('locations/tags.write'), (c) => {
    const { name } = tagOf(store, c.req.param('tagId'));
    store.tags.delete(name);
    for (const contact of store.contacts.values()) {
      if (!contact.tags.includes(name)) continue;
      contact.tags = contact.tags.filter((tag) => tag !== name);
      store.save(contact);
    }
    return c.json({ succeded: true });
  });

  app.get('/locations/:locationId/customFields', scope('locations/customFields.readonly'), (c) => {
    const { model = 'contact' } = c.req.query();
    const fields = [
      ...store.customFields.map((field) => ({ ...field, model: 'contact' })),
      ...store.opportunityFields.map((field) => ({ ...field, model: 'opportunity' })),
    ].filter((field) => model === 'all' || field.model === model);
    return c.json({
      customFields: fields.map((field, position) => ({
        ...field,
        placeholder: '',
        position: position * 50,
        documentType: 'field',
        parentId: store.companyId,
        locationId: store.locationId,
        standard: false,
      })),
    });
  });

  app.get('/locations/:locationId/timezones', scope('locations.readonly'), (c) =>
    c.json({ timeZones: Intl.supportedValuesOf('timeZone') }),
  );

  app.get('/users/', scope('users.readonly'), (c) => {
    if (!store.listsUsers) return c.body(null, 404);
    needLocation(c.req.query('locationId'));
    return c.json({ users: store.users.map(user) });
  });

  app.get('/users/search', scope('users.readonly'), (c) => {
    const { companyId, locationId } = c.req.query();
    if (!companyId && !locationId) refuse(401, 'E01 - Unauthorized request');
    if (!companyId) refuse(422, ['companyId should not be empty']);
    const skip = Number(c.req.query('skip') ?? 0);
    const limit = Number(c.req.query('limit') ?? 25);
    return c.json({ users: store.users.slice(skip, skip + limit).map(user), count: store.users.length });
  });

  app.get('/users/:userId', scope('users.readonly'), (c) => {
    const found = store.users.find(({ id }) => id === c.req.param('userId'));
    if (!found) refuse(400, 'User not found');
    return c.json(user(found));
  });

  app.get('/businesses/', scope('businesses.readonly'), (c) => {
    needLocation(c.req.query('locationId'));
    const skip = Number(c.req.query('skip') ?? 0);
    const limit = Number(c.req.query('limit') ?? 100);
    return c.json({
      businesses: store.businesses
        .slice(skip, skip + limit)
        .map((found) => ({ ...found, locationId: store.locationId })),
    });
  });

  const businessOf = (businessId: string) =>
    store.businesses.find(({ id }) => id === businessId) ?? refuse(400, 'Business not found');
  // HighLevel's spelling.
  const writtenBusiness = (found: StoredBusiness) => ({
    success: true,
    buiseness: { ...found, locationId: store.locationId },
  });

  app.get('/businesses/:businessId', scope('businesses.readonly'), (c) =>
    c.json({ business: { ...businessOf(c.req.param('businessId')), locationId: store.locationId } }),
  );

  app.post('/businesses/', scope('businesses.write'), (c) => {
    const known = { ...business, locationId: string };
    const {
      locationId: _locationId,
      name,
      ...fields
    } = strictBody(c.get('body'), known, ['name', 'locationId']);
    const now = store.moment();
    const added = { ...fields, id: store.random.hex(24), name: String(name), createdAt: now, updatedAt: now };
    store.businesses.push(added);
    return c.json(writtenBusiness(added), 201);
  });

  app.put('/businesses/:businessId', scope('businesses.write'), (c) => {
    const changes = strictBody(c.get('body'), business);
    const found = businessOf(c.req.param('businessId'));
    return c.json(writtenBusiness(Object.assign(found, changes, { updatedAt: store.moment() })));
  });

  app.get('/campaigns/', scope('campaigns.readonly'), (c) =>
    c.json({
      campaigns: store.campaigns.map((campaign) => ({
        ...campaign,
        locationId: store.locationId,
      })),
    }),
  );

  app.get('/workflows/', scope('workflows.readonly'), (c) =>
    c.json({
      workflows: store.workflows.map(({ takesAgain: _takesAgain, ...workflow }) => ({
        ...workflow,
        version: 1,
        locationId: store.locationId,
      })),
    }),
  );

  return app;
}

/** A sub-account in HighLevel's responses. Recorded. */
function subAccount(store: Store): object {
  const { name, country, timezone } = store.location;
  const place = {
    name,
    address: '12 Main Street',
    city: 'San Francisco',
    state: 'California',
    country,
    postalCode: '94103',
    website: 'https://example.com',
    timezone,
    email: EMAIL,
  };
  const nowhere = [
    'facebookUrl',
    'googlePlus',
    'linkedIn',
    'foursquare',
    'twitter',
    'yelp',
    'instagram',
    'youtube',
    'pinterest',
    'blogRss',
    'googlePlacesId',
  ];
  return {
    id: store.locationId,
    brandId: store.companyId,
    companyId: store.companyId,
    ...place,
    firstName: 'Maria',
    lastName: 'Keller',
    phone: '+14155550110',
    logoUrl: '',
    automaticMobileAppInvite: false,
    business: place,
    social: Object.fromEntries(nowhere.map((key) => [key, ''])),
    settings: {
      allowDuplicateContact: store.allowDuplicateContact,
      allowDuplicateOpportunity: store.allowDuplicateOpportunity,
      allowFacebookNameMerge: false,
      disableContactTimezone: false,
      contactUniqueIdentifiers: store.uniqueIdentifiers,
      crmSettings: { deSyncOwners: !store.syncsOwners, syncFollowers: { contact: true, opportunity: true } },
      saasSettings: { saasMode: 'not_activated', twilioRebilling: { markup: 10, enabled: false } },
    },
    dateAdded: '2025-03-03T09:00:00.000Z',
    domain: '',
    currency: '',
    isAgencySubAccount: false,
    defaultEmailService: '',
    permissions: { contactsEnabled: true, workflowsEnabled: true },
    snapshotId: '',
  };
}

function tagOf(store: Store, tagId: string): { id: string; name: string } {
  return [...store.tags.values()].find(({ id }) => id === tagId) ?? refuse(400, 'Tag not found');
}
