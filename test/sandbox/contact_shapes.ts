import type { Store, StoredContact } from './store.ts';

/** A contact as a single read has it: what is empty is left out, and no gender is told. Seen in a real answer. */
export function single(contact: StoredContact): Record<string, unknown> {
  const {
    followers: _followers,
    campaigns: _campaigns,
    workflows: _workflows,
    gender: _gender,
    ...fields
  } = contact;
  const answer = {
    ...fields,
    firstNameLowerCase: contact.firstName?.toLowerCase(),
    lastNameLowerCase: contact.lastName?.toLowerCase(),
    fullNameLowerCase: fullName(contact)?.toLowerCase(),
    emailLowerCase: contact.email?.toLowerCase(),
    attributionSource: { sessionSource: 'CRM UI', medium: 'manual', mediumId: null },
  };
  return Object.fromEntries(
    Object.entries(answer).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}

/** A row of the contact search: other names, lower-case names, null where nothing is, and a cursor of its own. */
export function row(
  store: Store,
  contact: StoredContact,
  searchAfter: [number | string | null, string],
): Record<string, unknown> {
  const business = store.businesses.find(({ id }) => id === contact.businessId);
  return {
    id: contact.id,
    locationId: contact.locationId,
    contactName: fullName(contact)?.toLowerCase() ?? null,
    firstName: contact.firstName ?? null,
    lastName: contact.lastName ?? null,
    firstNameLowerCase: contact.firstName?.toLowerCase() ?? null,
    lastNameLowerCase: contact.lastName?.toLowerCase() ?? null,
    email: contact.email ?? null,
    phone: contact.phone ?? null,
    phoneLabel: null,
    companyName: contact.companyName ?? null,
    businessName: business?.name ?? null,
    businessId: (store.rowsTellBusiness && contact.businessId) || null,
    address: contact.address1 ?? null,
    city: contact.city ?? null,
    state: contact.state ?? null,
    postalCode: contact.postalCode ?? null,
    country: contact.country ?? null,
    source: contact.source ?? null,
    type: contact.type,
    dnd: contact.dnd ?? false,
    dateOfBirth: contact.dateOfBirth ?? null,
    assignedTo: contact.assignedTo ?? null,
    followers: contact.followers,
    tags: contact.tags,
    customFields: contact.customFields,
    additionalEmails: [],
    additionalPhones: [],
    validEmail: null,
    dateAdded: contact.dateAdded,
    dateUpdated: contact.dateUpdated,
    searchAfter,
  };
}

/** First and last name in one, undefined when there is neither. */
export function fullName({ firstName, lastName }: StoredContact): string | undefined {
  return [firstName, lastName].filter(Boolean).join(' ') || undefined;
}
