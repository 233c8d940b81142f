import { Hono } from 'hono';
import { done, needAtMost, needLocation, refuse } from './answers.ts';
import { listed } from './contact_shapes.ts';
import { contactOf, lowerTags } from './contacts.ts';
import { scope, type Env } from './gate.ts';
import type { Store, StoredContact } from './store.ts';
import { boolean, date, orNull, strictBody, string, strings } from './strict.ts';

/** What groups contacts: tags, followers, businesses, campaigns, workflows. */
export function groups(store: Store): Hono<Env> {
  const app = new Hono<Env>();
  const reads = scope('contacts.readonly');
  const writes = scope('contacts.write');

  app.post('/contacts/:contactId/tags', writes, (c) => {
    const { tags } = strictBody(c.get('body'), { tags: strings }, ['tags']);
    const contact = contactOf(store, c.req.param('contactId'));
    const tagsAdded = lowerTags(list(tags)).filter((tag) => !contact.tags.includes(tag));
    contact.tags = [...contact.tags, ...tagsAdded];
    return c.json({ tags: store.save(contact).tags, tagsAdded }, 201);
  });

  app.delete('/contacts/:contactId/tags', writes, (c) => {
    const { tags } = strictBody(c.get('body'), { tags: strings }, ['tags']);
    const contact = contactOf(store, c.req.param('contactId'));
    const tagsRemoved = lowerTags(list(tags)).filter((tag) => contact.tags.includes(tag));
    contact.tags = contact.tags.filter((tag) => !tagsRemoved.includes(tag));
    return c.json({ tags: store.save(contact).tags, tagsRemoved });
  });

  app.post('/contacts/bulk/tags/update/:type', writes, (c) => {
    const known = { contacts: strings, tags: strings, locationId: string, removeAllTags: boolean };
    const { contacts, tags, removeAllTags } = strictBody(c.get('body'), known, [
      'contacts',
      'tags',
      'locationId',
    ]);
    const type = c.req.param('type');
    if (type !== 'add' && type !== 'remove') refuse(400, 'type must be one of add, remove');
    const changed = lowerTags(list(tags));
    const responses = list(contacts).map((contactId) => {
      const contact = store.contacts.get(contactId);
      if (!contact) return { contactId, type: 'error', message: 'contact id is not a valid firebase id' };
      const oldTags = contact.tags;
      if (type === 'add') contact.tags = lowerTags([...oldTags, ...changed]);
      else contact.tags = removeAllTags === true ? [] : oldTags.filter((tag) => !changed.includes(tag));
      store.save(contact);
      return {
        contactId,
        type: 'success',
        message: 'Tags updated',
        oldTags,
        tagsAdded: type === 'add' ? changed : [],
        tagsRemoved: type === 'add' ? [] : changed,
      };
    });
    return c.json(
      {
        succeded: true,
        errorCount: responses.filter((response) => response.type === 'error').length,
        responses,
      },
      201,
    );
  });

  app.post('/contacts/bulk/business', writes, (c) => {
    const known = { locationId: string, ids: strings, businessId: orNull(string) };
    const { ids, businessId } = strictBody(c.get('body'), known, ['locationId', 'ids', 'businessId']);
    const wanted = list(ids);
    if (wanted.length > 50) refuse(422, ['ids must contain no more than 50 elements']);
    if (businessId !== null && !store.businesses.some(({ id }) => id === businessId))
      refuse(400, 'Business not found');
    const found = wanted.flatMap((id) => store.contacts.get(id) ?? []);
    for (const contact of found) {
      if (typeof businessId === 'string') contact.businessId = businessId;
      else delete contact.businessId;
      store.save(contact);
    }
    return c.json({ success: true, ids: found.map(({ id }) => id) });
  });

  app.get('/contacts/business/:businessId', reads, (c) => {
    const { locationId, limit = '25', skip = '0', query = '' } = c.req.query();
    needLocation(locationId);
    needAtMost('limit', Number(limit), 100);
    const words = query.toLowerCase();
    const all = [...store.contacts.values()].filter(
      (contact) =>
        contact.businessId === c.req.param('businessId') &&
        JSON.stringify([contact.firstName, contact.lastName, contact.email]).toLowerCase().includes(words),
    );
    const page = all.slice(Number(skip), Number(skip) + Number(limit));
    return c.json({ contacts: page.map((contact) => listed(store, contact)), count: all.length });
  });

  app.post('/contacts/:contactId/followers', writes, (c) => {
    const { followers } = strictBody(c.get('body'), { followers: strings }, ['followers']);
    const contact = contactOf(store, c.req.param('contactId'));
    const added = list(followers).filter((id) => !contact.followers.includes(id));
    contact.followers = [...contact.followers, ...added];
    return c.json({ followers: store.save(contact).followers, followersAdded: added }, 201);
  });

  app.delete('/contacts/:contactId/followers', writes, (c) => {
    const { followers } = strictBody(c.get('body'), { followers: strings }, ['followers']);
    const contact = contactOf(store, c.req.param('contactId'));
    const removed = list(followers).filter((id) => contact.followers.includes(id));
    contact.followers = contact.followers.filter((id) => !removed.includes(id));
    return c.json({ followers: store.save(contact).followers, followersRemoved: removed });
  });

  app.delete('/contacts/:contactId/campaigns/removeAll', writes, (c) => {
    contactOf(store, c.req.param('contactId')).campaigns = [];
    return c.json(done);
  });

  const member = (contactId: string, id: string, kind: 'campaigns' | 'workflows'): StoredContact => {
    const contact = contactOf(store, contactId);
    if (!store[kind].some((known) => known.id === id))
      refuse(400, `${kind === 'campaigns' ? 'Campaign' : 'Workflow'} not found`);
    return contact;
  };

  app.post('/contacts/:contactId/campaigns/:campaignId', writes, (c) => {
    strictBody(c.get('body') ?? {}, {});
    const { contactId, campaignId } = c.req.param();
    member(contactId, campaignId, 'campaigns').campaigns.push(campaignId);
    return c.json(done, 201);
  });

  app.delete('/contacts/:contactId/campaigns/:campaignId', writes, (c) => {
    const { contactId, campaignId } = c.req.param();
    const contact = member(contactId, campaignId, 'campaigns');
    contact.campaigns = contact.campaigns.filter((id) => id !== campaignId);
    return c.json(done);
  });

  app.post('/contacts/:contactId/workflow/:workflowId', writes, (c) => {
    strictBody(c.get('body') ?? {}, { eventStartTime: date });
    const { contactId, workflowId } = c.req.param();
    const contact = member(contactId, workflowId, 'workflows');
    const { status, takesAgain = true } = store.workflows.find(({ id }) => id === workflowId) ?? {};
    // A draft, or a workflow without re-entry, does nothing, and HighLevel reports success. Reported live.
    const happens = status === 'published' && (takesAgain || !contact.workflows.includes(workflowId));
    if (happens) contact.workflows.push(workflowId);
    // Documented as 200, measured as 201.
    return c.json(done, 201);
  });

  app.delete('/contacts/:contactId/workflow/:workflowId', writes, (c) => {
    strictBody(c.get('body') ?? {}, { eventStartTime: date });
    const { contactId, workflowId } = c.req.param();
    const contact = member(contactId, workflowId, 'workflows');
    contact.workflows = contact.workflows.filter((id) => id !== workflowId);
    return c.json(done);
  });

  return app;
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
