import type { Store, StoredContact } from './store.ts';

/** A contact in a single read, recorded: empty fields are omitted, except four lists; without gender. */
export function single(store: Store, contact: StoredContact): Record<string, unknown> {
  return {
    ...filled(contact),
    tags: contact.tags,
    customFields: customFieldsOf(store, contact, isoDay),
    additionalEmails: (contact.additionalEmails ?? []).map((email) => ({ email })),
    additionalPhones: (contact.additionalPhones ?? []).map((phone) => ({ phone })),
  };
}

/** The same as PUT and upsert answer it, recorded: with its followers. */
export function written(store: Store, contact: StoredContact): Record<string, unknown> {
  return { ...single(store, contact), followers: contact.followers };
}

/** The same in the response to POST, recorded: without the other lists, with fields that only a new contact has. */
export function created(store: Store, contact: StoredContact): Record<string, unknown> {
  return {
    ...filled(contact),
    tags: contact.tags,
    customFields: customFieldsOf(store, contact, isoDay),
    deleted: false,
    bounceEmail: false,
    unsubscribeEmail: false,
    lastUpdatedBy: contact.createdBy,
    lastSessionActivityAt: contact.dateAdded,
    validEmail: null,
    validEmailDate: null,
  };
}

/** A row of a business's contacts and of the deprecated list, reported live: names in lower case, plus the real ones. */
export function listed(store: Store, contact: StoredContact): Record<string, unknown> {
  const { firstName, lastName } = contact;
  return {
    ...single(store, contact),
    contactName: fullName(contact)?.toLowerCase() ?? null,
    firstName: firstName?.toLowerCase() ?? null,
    lastName: lastName?.toLowerCase() ?? null,
    firstNameRaw: firstName ?? null,
    lastNameRaw: lastName ?? null,
    followers: contact.followers,
  };
}

/** A row of the contact search, recorded: other keys, null for empty fields, its own cursor; dates are epoch ms. */
export function row(
  store: Store,
  contact: StoredContact,
  searchAfter: [number | string | null, string],
): Record<string, unknown> {
  const business = store.businesses.find(({ id }) => id === contact.businessId);
  const opportunities = [...store.opportunities.values()]
    .filter(({ contactId }) => contactId === contact.id)
    .map(({ id, monetaryValue, pipelineId, pipelineStageId, status }) => ({
      pipelineId,
      id,
      monetaryValue,
      pipelineStageId,
      status,
    }));
  return {
    id: contact.id,
    phoneLabel: null,
    country: contact.country ?? null,
    address: contact.address1 ?? null,
    source: contact.source ?? null,
    type: contact.type,
    locationId: contact.locationId,
    website: contact.website ?? null,
    dnd: contact.dnd ?? false,
    state: contact.state ?? null,
    businessName: business?.name ?? null,
    customFields: customFieldsOf(store, contact, Date.parse),
    tags: contact.tags,
    dateAdded: contact.dateAdded,
    additionalEmails: (contact.additionalEmails ?? []).map((email) => ({ email })),
    phone: contact.phone ?? null,
    companyName: contact.companyName ?? null,
    additionalPhones: (contact.additionalPhones ?? []).map((phone) => ({ phone })),
    dateUpdated: contact.dateUpdated,
    city: contact.city ?? null,
    dateOfBirth: contact.dateOfBirth ? Date.parse(contact.dateOfBirth) : null,
    firstNameLowerCase: contact.firstName?.toLowerCase() ?? null,
    lastNameLowerCase: contact.lastName?.toLowerCase() ?? null,
    firstName: contact.firstName ?? null,
    lastName: contact.lastName ?? null,
    contactName: fullName(contact)?.toLowerCase() ?? null,
    email: contact.email ?? null,
    assignedTo: contact.assignedTo ?? null,
    followers: contact.followers,
    validEmail: null,
    dndSettings: contact.dndSettings ?? {},
    // Left out of the row of a contact without any. Recorded.
    ...(opportunities.length > 0 && { opportunities }),
    postalCode: contact.postalCode ?? null,
    businessId: (store.rowsTellBusiness && contact.businessId) || null,
    searchAfter,
    timezone: contact.timezone ?? null,
    inboundDndSettings: contact.inboundDndSettings ?? {},
    attributionSource: {},
    lastAttributionSource: {},
  };
}

/** The full name; undefined if there is no first or last name. */
export function fullName({ firstName, lastName }: StoredContact): string | undefined {
  return [firstName, lastName].filter(Boolean).join(' ') || undefined;
}

function filled(contact: StoredContact): Record<string, unknown> {
  const {
    followers: _followers,
    campaigns: _campaigns,
    workflows: _workflows,
    gender: _gender,
    tags: _tags,
    customFields: _customFields,
    additionalEmails: _emails,
    additionalPhones: _phones,
    dateOfBirth,
    ...fields
  } = contact;
  const answer = {
    ...fields,
    firstNameLowerCase: contact.firstName?.toLowerCase(),
    lastNameLowerCase: contact.lastName?.toLowerCase(),
    fullNameLowerCase: fullName(contact)?.toLowerCase(),
    emailLowerCase: contact.email?.toLowerCase(),
    dateOfBirth: dateOfBirth && isoDay(dateOfBirth),
    // Contacts created by the API have none.
    attributionSource: contact.createdBy?.source === 'WEB_USER' && {
      sessionSource: 'CRM UI',
      medium: 'manual',
      mediumId: null,
    },
  };
  return Object.fromEntries(
    Object.entries(answer).filter(
      ([, value]) => value !== undefined && value !== null && value !== '' && value !== false,
    ),
  );
}

function customFieldsOf(
  store: Store,
  { customFields }: StoredContact,
  day: (day: string) => unknown,
): { id: string; value: unknown }[] {
  return customFields.map(({ id, value }) => {
    const isDay = store.customFields.some((field) => field.id === id && field.dataType === 'DATE');
    return { id, value: isDay && typeof value === 'string' ? day(value) : value };
  });
}

/** A day as midnight UTC. */
function isoDay(day: string): string {
  return new Date(Date.parse(day)).toISOString();
}
