import { Hono } from 'hono';
import { noContact, refuse, traceId } from './answers.ts';
import { single } from './contact_shapes.ts';
import { setCustomFields } from './custom_field_values.ts';
import { scope, type Env } from './gate.ts';
import type { Store, StoredContact } from './store.ts';
import { array, boolean, object, orNull, strictBody, string, strings } from './strict.ts';

/** What every write of a contact takes. Source: HighLevel's OpenAPI files, the DTOs of create, upsert and update. */
const writable = {
  firstName: orNull(string),
  lastName: orNull(string),
  name: orNull(string),
  email: orNull(string),
  phone: orNull(string),
  address1: orNull(string),
  city: orNull(string),
  state: orNull(string),
  postalCode: string,
  website: orNull(string),
  timezone: orNull(string),
  dnd: boolean,
  dndSettings: object,
  inboundDndSettings: object,
  tags: strings,
  customFields: array,
  source: orNull(string),
  dateOfBirth: orNull(string),
  country: string,
  assignedTo: orNull(string),
};
const creatable = { ...writable, locationId: string, companyName: orNull(string), gender: string };
const upsertable = { ...creatable, createNewIfDuplicateAllowed: boolean };

/** The contact, or HighLevel's 400. */
export function contactOf(store: Store, id: string): StoredContact {
  return store.contacts.get(id) ?? noContact(id);
}

/** Contacts: create, upsert, read, update, delete, duplicate lookup. */
export function contacts(store: Store): Hono<Env> {
  const app = new Hono<Env>();
  const reads = scope('contacts.readonly');
  const writes = scope('contacts.write');

  app.get('/contacts/search/duplicate', reads, (c) => {
    const { locationId, email, number } = c.req.query();
    if (!locationId) refuse(422, ['locationId should not be empty']);
    return c.json({ contact: singleOrNull(store.duplicateOf(email, number)?.contact), traceId: traceId() });
  });

  // Deprecated, and still answered: newest first, its cursor in `meta`.
  app.get('/contacts/', reads, (c) => {
    const { locationId, query = '', startAfter, startAfterId } = c.req.query();
    const limit = Number(c.req.query('limit') ?? 20);
    if (!locationId) refuse(422, ['locationId should not be empty']);
    if (!(limit <= 100)) refuse(422, ['limit must not be greater than 100']);
    const found = store.index
      .sortedBy('dateAdded')
      .toReversed()
      .filter(({ firstName, lastName, email, phone }) =>
        [firstName, lastName, email, phone].join(' ').toLowerCase().includes(query.toLowerCase()),
      );
    const from = found.findIndex(
      ({ id, dateAdded }) => id === startAfterId && Date.parse(dateAdded) === Number(startAfter),
    );
    const page = found.slice(from + 1, from + 1 + limit);
    const last = page.at(-1);
    return c.json({
      contacts: page.map((contact) => single(contact)),
      count: found.length,
      meta: {
        total: found.length,
        startAfterId: last?.id ?? null,
        startAfter: last ? Date.parse(last.dateAdded) : null,
      },
    });
  });

  app.post('/contacts/', writes, (c) => {
    const body = strictBody(c.get('body'), creatable, ['locationId']);
    const there = store.allowDuplicateContact
      ? undefined
      : store.duplicateOf(text(body.email), normalPhone(body.phone));
    if (there) refuseDuplicate(there);
    const contact = blank(store);
    assign(store, contact, body);
    const { attributionSource: _source, timezone: _timezone, ...answer } = single(store.save(contact));
    return c.json({ contact: answer }, 201);
  });

  app.post('/contacts/upsert', writes, (c) => {
    const { createNewIfDuplicateAllowed, ...body } = strictBody(c.get('body'), upsertable, ['locationId']);
    if (!body.email && !body.phone) refuse(400, 'At least one of email or phone is required');
    const mayDouble = createNewIfDuplicateAllowed === true && store.allowDuplicateContact;
    const there = mayDouble ? undefined : store.duplicateOf(text(body.email), normalPhone(body.phone));
    const contact = there?.contact ?? blank(store);
    // Silently ignored on a contact that is there: gender, and the field by which another contact matches.
    const { gender, ...rest } = body;
    const other = there && store.duplicateOf(text(body.email), normalPhone(body.phone), contact.id);
    if (there && other) delete rest[there.field === 'email' ? 'phone' : 'email'];
    assign(store, contact, there ? rest : { ...rest, ...(gender !== undefined && { gender }) });
    return c.json({ new: there === undefined, contact: single(store.save(contact)), traceId: traceId() });
  });

  app.get('/contacts/:contactId', reads, (c) =>
    c.json({ contact: single(contactOf(store, c.req.param('contactId'))), traceId: traceId() }),
  );

  app.put('/contacts/:contactId', writes, (c) => {
    const body = strictBody(c.get('body'), writable);
    const contact = contactOf(store, c.req.param('contactId'));
    const there = store.allowDuplicateContact
      ? undefined
      : store.duplicateOf(text(body.email), normalPhone(body.phone), contact.id);
    if (there) refuseDuplicate(there);
    assign(store, contact, body);
    return c.json({ succeded: true, contact: single(store.save(contact)) });
  });

  app.delete('/contacts/:contactId', writes, (c) => {
    store.delete(contactOf(store, c.req.param('contactId')).id);
    return c.json({ succeded: true });
  });

  return app;
}

function singleOrNull(contact: StoredContact | undefined): object | null {
  return contact ? single(contact) : null;
}

function blank(store: Store): StoredContact {
  const now = store.moment();
  return {
    id: store.random.id(),
    locationId: store.locationId,
    type: 'lead',
    tags: [],
    followers: [],
    customFields: [],
    campaigns: [],
    workflows: [],
    dateAdded: now,
    dateUpdated: now,
  };
}

function refuseDuplicate({ contact, field }: { contact: StoredContact; field: string }): never {
  refuse(400, 'This location does not allow duplicated contacts.', {
    meta: { contactId: contact.id, contactName: contact.firstName ?? null, matchingField: field },
    traceId: traceId(),
  });
}

/** Writes fields; tags are replaced by what is given, lower-cased, each once. */
function assign(store: Store, contact: StoredContact, body: Record<string, unknown>): void {
  const { tags, customFields, name, locationId: _locationId, phone, ...fields } = body;
  setCustomFields(store, contact, customFields);
  Object.assign(contact, fields);
  if (phone !== undefined) contact.phone = normalPhone(phone) ?? null;
  if (typeof name === 'string' && fields.firstName === undefined) {
    const [first = '', ...rest] = name.split(' ');
    contact.firstName = first;
    contact.lastName = rest.join(' ') || null;
  }
  if (Array.isArray(tags)) contact.tags = lowerTags(tags);
}

/** Tags as HighLevel keeps them. */
export function lowerTags(tags: unknown[]): string[] {
  return [
    ...new Set(tags.filter((tag) => typeof tag === 'string').map((tag) => tag.trim().toLowerCase())),
  ].filter(Boolean);
}

// Stored in E.164: spaces and signs go, a number without country code is taken for American.
function normalPhone(phone: unknown): string | undefined {
  if (typeof phone !== 'string' || phone === '') return undefined;
  const digits = phone.replace(/[^\d+]/g, '');
  return digits.startsWith('+') ? digits : `+1${digits}`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
