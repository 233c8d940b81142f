import { randomness, type Random } from './random.ts';
import { SearchIndex } from './search_index.ts';

/** A contact as HighLevel keeps it. Absent fields were never given. */
export interface StoredContact {
  id: string;
  locationId: string;
  firstName?: string | null;
  lastName?: string | null;
  email?: string | null;
  phone?: string | null;
  companyName?: string | null;
  address1?: string | null;
  city?: string | null;
  state?: string | null;
  postalCode?: string;
  country?: string;
  website?: string | null;
  timezone?: string | null;
  source?: string | null;
  dateOfBirth?: string | null;
  gender?: string;
  assignedTo?: string | null;
  dnd?: boolean;
  dndSettings?: object;
  inboundDndSettings?: object;
  businessId?: string;
  type: string;
  tags: string[];
  followers: string[];
  customFields: { id: string; value: unknown }[];
  campaigns: string[];
  workflows: string[];
  dateAdded: string;
  dateUpdated: string;
}

export interface StoredTask {
  id: string;
  contactId: string;
  title: string;
  body?: string;
  assignedTo?: string;
  dueDate: string;
  completed: boolean;
  dateAdded: string;
  dateUpdated: string;
}

export interface StoredNote {
  id: string;
  contactId: string;
  body: string;
  title?: string;
  userId?: string;
  color?: string;
  pinned?: boolean;
  dateAdded: string;
}

export interface StoredAppointment {
  id: string;
  calendarId: string;
  contactId: string;
  title: string;
  appointmentStatus: string;
  assignedUserId?: string;
  address?: string;
  description?: string;
  startTime: string;
  endTime: string;
  dateAdded: string;
  dateUpdated: string;
}

export interface StoredUser {
  id: string;
  name: string;
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
}

export interface StoredField {
  id: string;
  name: string;
  fieldKey: string;
  dataType: string;
  picklistOptions?: string[];
}

export interface Token {
  kind: 'oauth' | 'pit';
  userType: 'Location' | 'Company';
  locationId?: string;
  scopes: string[];
  expiresAt: number;
}

/** Everything that stands in the sandbox's HighLevel. Tests may read it, and change it as a person in HighLevel would. */
export class Store {
  readonly contacts = new Map<string, StoredContact>();
  readonly tasks = new Map<string, StoredTask>();
  readonly notes = new Map<string, StoredNote>();
  readonly appointments = new Map<string, StoredAppointment>();
  readonly tags = new Map<string, { id: string; name: string }>();
  readonly tokens = new Map<string, Token>();
  readonly users: StoredUser[] = [];
  readonly businesses: { id: string; name: string; email?: string; phone?: string; city?: string }[] = [];
  readonly customFields: StoredField[] = [];
  readonly calendars: { id: string; name: string; minutes: number }[] = [];
  readonly campaigns: { id: string; name: string }[] = [];
  readonly workflows: { id: string; name: string }[] = [];
  /** What reached the fake JivoChat channel. */
  readonly jivoMessages: Record<string, unknown>[] = [];

  readonly locationId: string;
  readonly otherLocationId: string;
  readonly companyId: string;
  readonly random: Random;
  readonly index: SearchIndex;
  /** HighLevel's clock, epoch ms. */
  readonly now: () => number;

  /** What the sub-account is, and how it is set. */
  location = { name: 'Bright Smile Dental', country: 'US', timezone: 'America/New_York', active: true };
  allowDuplicateContact: boolean;
  /** Whether rows of the contact search tell their business: no published row does, some clients read it. */
  rowsTellBusiness = true;
  /** Whether GET /users/ is still served: it is deprecated. */
  listsUsers = true;
  /** What the next sign-in grants of the permissions it is asked for; all of them, where this is not set. */
  signInGrants: ((asked: string[]) => string[]) | undefined;
  /** The next sign-in yields an agency's token that approves these locations. */
  agencySignIn: string[] | undefined;

  constructor({
    now,
    seed,
    indexLagMs,
    allowDuplicateContact,
  }: {
    now: () => number;
    seed: number;
    indexLagMs: number;
    allowDuplicateContact: boolean;
  }) {
    this.now = now;
    this.random = randomness(seed);
    this.index = new SearchIndex(now, indexLagMs);
    this.allowDuplicateContact = allowDuplicateContact;
    this.locationId = this.random.id();
    this.otherLocationId = this.random.id();
    this.companyId = this.random.id();
  }

  /** The moment by HighLevel's clock, ISO 8601. */
  moment(): string {
    return new Date(this.now()).toISOString();
  }

  /** Keeps a contact and lets the search know, after its lag. `touch` moves `dateUpdated`. */
  save(contact: StoredContact, touch = true): StoredContact {
    if (touch) contact.dateUpdated = this.moment();
    this.contacts.set(contact.id, contact);
    for (const name of contact.tags)
      if (!this.tags.has(name)) this.tags.set(name, { id: this.random.id(), name });
    this.index.put(structuredClone(contact));
    return contact;
  }

  /** Deletes a contact with its tasks and notes. */
  delete(contactId: string): void {
    this.contacts.delete(contactId);
    for (const records of [this.tasks, this.notes, this.appointments]) {
      for (const [id, record] of records) if (record.contactId === contactId) records.delete(id);
    }
    this.index.remove(contactId);
  }

  /** The contact that has the e-mail address, else the phone number: the order HighLevel looks in. */
  duplicateOf(
    email: string | null | undefined,
    phone: string | null | undefined,
    but?: string,
  ): { contact: StoredContact; field: 'email' | 'phone' } | undefined {
    const wanted = email?.toLowerCase();
    let byPhone: StoredContact | undefined;
    for (const contact of this.contacts.values()) {
      if (contact.id === but) continue;
      if (wanted && contact.email?.toLowerCase() === wanted) return { contact, field: 'email' };
      if (phone && contact.phone === phone) byPhone ??= contact;
    }
    return byPhone && { contact: byPhone, field: 'phone' };
  }
}
