import { Hono } from 'hono';
import { refuse } from './answers.ts';
import { lowerTags } from './contacts.ts';
import { scope, type Env } from './gate.ts';
import type { Store } from './store.ts';
import { filled, strictBody, string } from './strict.ts';

/** What a sub-account is and has: itself, tags, custom fields, users, businesses, campaigns, workflows. */
export function locations(store: Store): Hono<Env> {
  const app = new Hono<Env>();
  const user = (found: Store['users'][number]) => ({
    ...found,
    extension: '',
    permissions: {},
    roles: { type: 'account', role: 'user', locationIds: [store.locationId] },
    deleted: false,
  });

  app.get('/locations/:locationId', scope('locations.readonly'), (c) =>
    c.json({
      location: {
        id: store.locationId,
        companyId: store.companyId,
        name: store.location.name,
        country: store.location.country,
        timezone: store.location.timezone,
        email: 'office@example.com',
        settings: { allowDuplicateContact: store.allowDuplicateContact, allowDuplicateOpportunity: false },
      },
    }),
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

  app.get('/locations/:locationId/customFields', scope('locations/customFields.readonly'), (c) =>
    c.json({
      customFields: store.customFields.map((field, position) => ({
        ...field,
        placeholder: '',
        position,
        model: 'contact',
        locationId: store.locationId,
      })),
    }),
  );

  app.get('/locations/:locationId/timezones', scope('locations.readonly'), (c) =>
    c.json({ timeZones: Intl.supportedValuesOf('timeZone') }),
  );

  app.get('/users/', scope('users.readonly'), (c) => {
    if (!store.listsUsers) refuse(404, 'Cannot GET /users/');
    if (!c.req.query('locationId')) refuse(422, ['locationId should not be empty']);
    return c.json({ users: store.users.map(user) });
  });

  app.get('/users/search', scope('users.readonly'), (c) => {
    if (!c.req.query('companyId')) refuse(422, ['companyId should not be empty']);
    const skip = Number(c.req.query('skip') ?? 0);
    const limit = Number(c.req.query('limit') ?? 25);
    return c.json({ users: store.users.slice(skip, skip + limit).map(user), count: store.users.length });
  });

  app.get('/users/:userId', scope('users.readonly'), (c) => {
    const found = store.users.find(({ id }) => id === c.req.param('userId'));
    if (!found) refuse(400, 'User not found');
    const { deleted: _deleted, ...one } = user(found);
    return c.json(one);
  });

  app.get('/businesses/', scope('businesses.readonly'), (c) => {
    const skip = Number(c.req.query('skip') ?? 0);
    const limit = Number(c.req.query('limit') ?? 100);
    return c.json({
      businesses: store.businesses
        .slice(skip, skip + limit)
        .map((business) => ({ ...business, locationId: store.locationId })),
    });
  });

  app.get('/businesses/:businessId', scope('businesses.readonly'), (c) => {
    const business = store.businesses.find(({ id }) => id === c.req.param('businessId'));
    if (!business) refuse(400, 'Business not found');
    return c.json({ business: { ...business, locationId: store.locationId } });
  });

  app.get('/campaigns/', scope('campaigns.readonly'), (c) =>
    c.json({
      campaigns: store.campaigns.map((campaign) => ({
        ...campaign,
        status: 'published',
        locationId: store.locationId,
      })),
    }),
  );

  app.get('/workflows/', scope('workflows.readonly'), (c) =>
    c.json({
      workflows: store.workflows.map((workflow) => ({
        ...workflow,
        status: 'published',
        version: 1,
        locationId: store.locationId,
      })),
    }),
  );

  return app;
}

function tagOf(store: Store, tagId: string): { id: string; name: string } {
  return [...store.tags.values()].find(({ id }) => id === tagId) ?? refuse(400, 'Tag not found');
}
