import { streamOf, type Random } from './random.ts';
import { scopes } from './scopes.ts';
import { SearchIndex } from './search_index.ts';

/** A contact as HighLevel stores it. Absent fields were never set. */
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
  additionalEmails?: string[];
  additionalPhones?: string[];
  createdBy?: { source: string; channel: string; sourceId: string; timestamp: string };
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
  /** A deleted appointment is still read, and still in its calendar's list. */
  deleted?: boolean;
  dateAdded: string;
  dateUpdated: string;
}

export interface StoredMessage {
  id: string;
  contactId: string;
  direction: 'inbound' | 'outbound';
  messageType: string;
  body: string;
  status?: string;
  source: string;
  subject?: string;
  attachments?: string[];
  from?: string;
  to?: string;
  userId?: string;
  /** What an event was about. */
  activity?: object;
  dateAdded: string;
}

export interface StoredSubmission {
  id: string;
  kind: 'form' | 'survey';
  questionnaireId: string;
  contactId: string;
  name: string;
  email: string;
  /** The answers, by the ids of custom fields or by names, and technical values. */
  others: Record<string, unknown>;
  createdAt: string;
}

export interface StoredBusiness {
  id: string;
  name: string;
  email?: string;
  phone?: string;
  website?: string;
  address?: string;
  city?: string;
  state?: string;
  postalCode?: string;
  country?: string;
  description?: string;
  createdAt?: string;
  updatedAt?: string;
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
  dateAdded: string;
  picklistOptions?: string[];
}

export interface Token {
  kind: 'oauth' | 'pit';
  userType: 'Location' | 'Company';
  locationId?: string;
  scopes: string[];
  expiresAt: number;
}

/** The records in the sandbox's HighLevel. Tests may read and change them as a person in HighLevel would. */
export class Store {
  readonly contacts = new Map<string, StoredContact>();
  readonly tasks = new Map<string, StoredTask>();
  /** Deleted tasks, which the tasks search still returns. */
  readonly deletedTasks = new Map<string, StoredTask>();
  readonly notes = new Map<string, StoredNote>();
  readonly appointments = new Map<string, StoredAppointment>();
  readonly messages = new Map<string, StoredMessage>();
  readonly submissions = new Map<string, StoredSubmission>();
  readonly questionnaires: { kind: 'form' | 'survey'; id: string; name: string }[] = [];
  readonly phoneNumbers: { phoneNumber: string; friendlyName: string; sid: string }[] = [];
  readonly #conversations = new Map<string, string>();
  readonly tags = new Map<string, { id: string; name: string }>();
  readonly tokens = new Map<string, Token>();
  readonly users: StoredUser[] = [];
  readonly businesses: StoredBusiness[] = [];
  readonly customFields: StoredField[] = [];
  readonly calendars: { id: string; name: string; minutes: number; isActive: boolean }[] = [];
  /** The free slots that were offered, as text, by calendar. */
  readonly offeredSlots = new Map<string, Set<string>>();
  readonly campaigns: { id: string; name: string; status: 'draft' | 'published' }[] = [];
  /** `takesAgain`: whether a contact may be added a second time, HighLevel's "re-entry". */
  readonly workflows: { id: string; name: string; status: 'draft' | 'published'; takesAgain: boolean }[] = [];
  /** What reached the fake JivoChat channel. */
  readonly jivoMessages: Record<string, unknown>[] = [];
  /** What JivoChat's agents saw when they accepted a chat: the response to its event. */
  readonly jivoCards: { visitor: string; card: Record<string, unknown> }[] = [];

  readonly locationId: string;
  readonly otherLocationId: string;
  readonly companyId: string;
  readonly seed: number;
  /** For records that are created while the sandbox runs. */
  readonly random: Random;
  readonly #messages: Random;
  /** For the trace ids of answers. */
  readonly traces: Random;
  readonly index: SearchIndex<StoredContact>;
  /** HighLevel's clock, epoch ms. */
  readonly now: () => number;

  /** The sub-account and its settings. */
  location = { name: 'Bright Smile Dental', country: 'US', timezone: 'America/New_York', active: true };
  allowDuplicateContact: boolean;
  /** By which fields contacts are known as one, the first before the second. */
  uniqueIdentifiers: readonly ('email' | 'phone')[] = ['email', 'phone'];
  /** Whether PUT takes a contact's companyName: documented as not accepted, reported as accepted. */
  updatesCompanyName = true;
  /** Whether POST /notes/search is served, else the status of its refusal: it is unknown which tokens it accepts. */
  notesSearch: 'served' | 401 | 403 | 404 | 422 = 'served';
  /** Whether rows of the contact search have their business: no published row does, but some clients read it. */
  rowsTellBusiness = true;
  /** Whether the rows of emails have their subject: it is not documented. */
  emailsTellSubject = true;
  /** The time zone of the days by which submissions are filtered: it is not documented. */
  submissionDays = 'UTC';
  /** Whether GET /users/ is still served: it is deprecated. */
  listsUsers = true;
  /** The permissions of the marketplace app. */
  appScopes: readonly string[] = scopes;
  /** The requested permissions that the next sign-in grants; all by default. */
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
    this.seed = seed;
    this.random = streamOf(seed, 'made later');
    this.#messages = streamOf(seed, 'messages made later');
    this.traces = streamOf(seed, 'traces');
    this.index = new SearchIndex(now, indexLagMs);
    this.allowDuplicateContact = allowDuplicateContact;
    const account = streamOf(seed, 'account');
    this.locationId = account.id();
    this.otherLocationId = account.id();
    this.companyId = account.id();
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

  /** The id of a contact's conversation, which HighLevel creates with the contact. */
  conversationId(contactId: string): string {
    const id = this.#conversations.get(contactId) ?? streamOf(this.seed, `conversation ${contactId}`).id();
    this.#conversations.set(contactId, id);
    return id;
  }

  /** Adds a message, at this moment unless another is given. */
  addMessage(message: Omit<StoredMessage, 'id' | 'dateAdded'> & { dateAdded?: string }): StoredMessage {
    const added = { dateAdded: this.moment(), ...message, id: this.#messages.id() };
    this.messages.set(added.id, added);
    return added;
  }

  /** Deletes a task. The tasks search still returns it: open, not deleted, and without its contact. Reported live. */
  deleteTask(taskId: string): void {
    const task = this.tasks.get(taskId);
    if (!task) return;
    this.tasks.delete(taskId);
    this.deletedTasks.set(taskId, { ...task, completed: false, dateUpdated: this.moment() });
  }

  /** Deletes a contact with its tasks and notes. */
  delete(contactId: string): void {
    this.contacts.delete(contactId);
    for (const [id, task] of this.tasks) if (task.contactId === contactId) this.deleteTask(id);
    for (const records of [this.notes, this.appointments, this.messages]) {
      for (const [id, record] of records) if (record.contactId === contactId) records.delete(id);
    }
    this.index.remove(contactId);
  }

  /** The contact that has the email address or the phone number, in the order in which the sub-account looks. */
  duplicateOf(
    email: string | null | undefined,
    phone: string | null | undefined,
    but?: string,
  ): { contact: StoredContact; field: 'email' | 'phone' } | undefined {
    const wanted = { email: email?.toLowerCase(), phone };
    const first = new Map<'email' | 'phone', StoredContact>();
    const looked = this.uniqueIdentifiers.filter((field) => wanted[field]);
    for (const contact of this.contacts.values()) {
      if (contact.id === but) continue;
      for (const field of looked) {
        const has = contact[field]?.toLowerCase() === wanted[field];
        if (has && !first.has(field)) first.set(field, contact);
      }
      if (looked[0] && first.has(looked[0])) break;
    }
    const field = looked.find((one) => first.has(one));
    const contact = field && first.get(field);
    return contact && { contact, field };
  }

  /** The contacts with this value among their emails or phone numbers. */
  havingAny({ email, phone }: { email?: string | undefined; phone?: string | undefined }): StoredContact[] {
    const wanted = email?.toLowerCase();
    return [...this.contacts.values()].filter((contact) =>
      wanted
        ? [contact.email, ...(contact.additionalEmails ?? [])].some((one) => one?.toLowerCase() === wanted)
        : phone !== undefined && [contact.phone, ...(contact.additionalPhones ?? [])].includes(phone),
    );
  }
}
