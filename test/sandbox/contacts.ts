import { Hono } from 'hono';
import { done, needAtMost, needLocation, noContact, refuse } from './answers.ts';
import { created, listed, single, written } from './contact_shapes.ts';
import { setCustomFields } from './custom_field_values.ts';
import { scope, type Env } from './gate.ts';
import type { Store, StoredContact } from './store.ts';
import { array, boolean, object, orNull, strictBody, string, strings } from './strict.ts';

/**
 * The fields that every write of a contact accepts. Source: HighLevel's OpenAPI files, the DTOs of create, upsert and
 * update.
 */
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
    needLocation(locationId);
    const found = store.duplicateOf(email, number);
    // Recorded so, though it was asked for an email address.
    if (found) return c.json({ contact: single(store, found.contact), matchingField: 'contactId' });
    return c.json({ contact: null });
  });

  // Only under v3, where it is documented; otherwise the path means a contact with that id.
  app.get('/contacts/lookup', reads, async (c, next) => {
    if (c.req.header('version') !== 'v3') return next();
    if (c.get('token').kind === 'pit')
      refuse(401, 'This authClass type is not allowed to access this scope.');
    const { locationId, email, phone, limit = '20', nextCursor } = c.req.query();
    needLocation(locationId);
    if ((email === undefined) === (phone === undefined))
      refuse(422, ['Exactly one of email or phone is required']);
    needAtMost('limit', Number(limit), 20);
    const found = store.havingAny({ email, phone });
    const from = nextCursor === undefined ? 0 : found.findIndex(({ id }) => id === nextCursor) + 1;
    const page = found.slice(from, from + Number(limit));
    const isLast = from + page.length >= found.length;
    return c.json({
      contacts: page.map((contact) => single(store, contact)),
      nextCursor: isLast ? null : page.at(-1)?.id,
    });
  });

  // Deprecated, and still answered: newest first, its cursor in `meta`.
  app.get('/contacts/', reads, (c) => {
    const { locationId, query = '', startAfter, startAfterId } = c.req.query();
    const limit = Number(c.req.query('limit') ?? 20);
    needLocation(locationId);
    needAtMost('limit', limit, 100);
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
    const hasMore = from + 1 + page.length < found.length;
    const current = Math.floor((from + 1) / limit) + 1;
    const next = new URL(c.req.url);
    if (last) {
      next.searchParams.set('startAfter', String(Date.parse(last.dateAdded)));
      next.searchParams.set('startAfterId', last.id);
    }
    return c.json({
      contacts: page.map((contact) => listed(store, contact)),
      count: found.length,
      meta: {
        total: found.length,
        nextPageUrl: hasMore ? next.href : null,
        startAfterId: last?.id ?? null,
        startAfter: last ? Date.parse(last.dateAdded) : null,
        currentPage: current,
        nextPage: hasMore ? current + 1 : null,
        prevPage: current > 1 ? current - 1 : null,
      },
    });
  });

  app.post('/contacts/', writes, (c) => {
    const body = strictBody(c.get('body'), creatable, ['locationId']);
    // `name` alone is not enough. Six independent reports from live accounts.
    if (!body.email && !body.phone && !body.firstName && !body.lastName)
      refuse(400, 'Contacts without email, phone, firstName and lastName are not allowed.', {
        statusCode: 422,
      });
    checkDetails(body);
    const there = store.allowDuplicateContact
      ? undefined
      : store.duplicateOf(text(body.email), normalPhone(body.phone));
    if (there) refuseDuplicate(there);
    const contact = blank(store);
    assign(store, contact, body);
    return c.json({ contact: created(store, store.save(contact)) }, 201);
  });

  app.post('/contacts/upsert', writes, (c) => {
    const { createNewIfDuplicateAllowed, ...body } = strictBody(c.get('body'), upsertable, ['locationId']);
    if (!body.email && !body.phone) refuse(400, 'At least one of email or phone is required');
    checkDetails(body);
    const mayDouble = createNewIfDuplicateAllowed === true && store.allowDuplicateContact;
    const there = mayDouble ? undefined : store.duplicateOf(text(body.email), normalPhone(body.phone));
    const contact = there?.contact ?? blank(store);
    // Silently ignored on an existing contact: gender, and the field by which another contact matches.
    const { gender, ...rest } = body;
    const other = there && store.duplicateOf(text(body.email), normalPhone(body.phone), contact.id);
    if (there && other) delete rest[there.field === 'email' ? 'phone' : 'email'];
    assign(store, contact, there ? rest : { ...rest, ...(gender !== undefined && { gender }) });
    return c.json({ new: there === undefined, ...done, contact: written(store, store.save(contact)) });
  });

  app.get('/contacts/:contactId', reads, (c) =>
    c.json({ contact: single(store, contactOf(store, c.req.param('contactId'))) }),
  );

  app.put('/contacts/:contactId', writes, (c) => {
    const taken = store.updatesCompanyName ? { ...writable, companyName: orNull(string) } : writable;
    const body = strictBody(c.get('body'), taken);
    const contact = contactOf(store, c.req.param('contactId'));
    checkDetails(body);
    const there = store.allowDuplicateContact
      ? undefined
      : store.duplicateOf(text(body.email), normalPhone(body.phone), contact.id);
    if (there) refuseDuplicate(there);
    assign(store, contact, body);
    return c.json({ ...done, contact: written(store, store.save(contact)) });
  });

  app.delete('/contacts/:contactId', writes, (c) => {
    store.delete(contactOf(store, c.req.param('contactId')).id);
    return c.json(done);
  });

  return app;
}

function blank(store: Store): StoredContact {
  const now = store.moment();
  return {
    id: store.random.id(),
    locationId: store.locationId,
    // The sub-account's, until another is written. Recorded.
    country: store.location.country,
    createdBy: {
      source: 'INTEGRATION',
      channel: 'OAUTH',
      sourceId: store.companyId,
      timestamp: now,
    },
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
  });
}

/** Writes fields; tags are replaced by the given ones, lowercase and unique. */
function assign(store: Store, contact: StoredContact, body: Record<string, unknown>): void {
  const { tags, customFields, name, locationId: _locationId, phone, dateOfBirth, ...fields } = body;
  setCustomFields(store.customFields, contact, customFields);
  Object.assign(contact, fields);
  if (fields.assignedTo !== undefined) store.syncOwner(contact);
  if (phone !== undefined) contact.phone = normalPhone(phone) ?? null;
  if (dateOfBirth !== undefined) contact.dateOfBirth = dayOf(dateOfBirth) ?? null;
  if (typeof name === 'string' && fields.firstName === undefined) {
    const [first = '', ...rest] = name.split(' ');
    contact.firstName = first;
    contact.lastName = rest.join(' ') || null;
  }
  if (Array.isArray(tags)) contact.tags = lowerTags(tags);
}

/** A malformed email address, phone number or day refuses the whole contact. Reported from live accounts. */
function checkDetails({ email, phone, dateOfBirth }: Record<string, unknown>): void {
  if (text(email) && !/^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$/.test(text(email) ?? ''))
    refuse(422, ['email must be an email']);
  if (text(phone) && !/^\+\d{7,15}$/.test(normalPhone(phone) ?? ''))
    refuse(400, 'The phone number is not valid', { statusCode: 422 });
  if (text(dateOfBirth) && dayOf(dateOfBirth) === undefined)
    refuse(422, ['dateOfBirth must be a valid date']);
}

// HighLevel accepts dates in several formats; this parses those that start with the year.
function dayOf(value: unknown): string | undefined {
  const [, year, month, day] = /^(\d{4})[-/](\d{2})[-/](\d{2})(?!\d)/.exec(text(value) ?? '') ?? [];
  const iso = `${year}-${month}-${day}`;
  return Number.isNaN(Date.parse(iso)) ? undefined : iso;
}

/** Tags as HighLevel keeps them. */
export function lowerTags(tags: unknown[]): string[] {
  return [
    ...new Set(tags.filter((tag) => typeof tag === 'string').map((tag) => tag.trim().toLowerCase())),
  ].filter(Boolean);
}

// Stored in E.164: spaces and symbols are removed, a number without a country code is treated as American.
function normalPhone(phone: unknown): string | undefined {
  if (typeof phone !== 'string' || phone === '') return undefined;
  const digits = phone.replace(/[^\d+]/g, '');
  return digits.startsWith('+') ? digits : `+1${digits}`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
