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

/** What a sign-in allowed. */
export interface Grant {
  scopes: string[];
  userType: 'Location' | 'Company';
  locationId: string | undefined;
}

/** A refresh token: when it was issued and first used, and the response that its use got. */
export interface RefreshToken extends Grant {
  issuedAt: number;
  usedAt?: number;
  answer?: object;
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

export interface StoredOpportunity {
  id: string;
  contactId: string;
  name: string;
  pipelineId: string;
  pipelineStageId: string;
  status: string;
  monetaryValue: number;
  assignedTo?: string | null;
  source?: string | null;
  lostReasonId?: string | null;
  followers: string[];
  customFields: { id: string; value: unknown }[];
  lastStatusChangeAt: string;
  lastStageChangeAt: string;
  createdAt: string;
  updatedAt: string;
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
  /** Changed by newOpportunity, changeOpportunity and deleteOpportunity, so that the search gets to know. */
  readonly opportunities = new Map<string, StoredOpportunity>();
  readonly messages = new Map<string, StoredMessage>();
  readonly submissions = new Map<string, StoredSubmission>();
  readonly questionnaires: { kind: 'form' | 'survey'; id: string; name: string }[] = [];
  readonly phoneNumbers: { phoneNumber: string; friendlyName: string; sid: string }[] = [];
  readonly #conversations = new Map<string, string>();
  readonly tags = new Map<string, { id: string; name: string }>();
  readonly tokens = new Map<string, Token>();
  readonly refreshTokens = new Map<string, RefreshToken>();
  readonly users: StoredUser[] = [];
  readonly businesses: StoredBusiness[] = [];
  readonly customFields: StoredField[] = [];
  readonly opportunityFields: StoredField[] = [];
  readonly pipelines: { id: string; name: string; stages: { id: string; name: string }[] }[] = [];
  readonly lostReasons: { id: string; name: string }[] = [];
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
  readonly #opportunities: Random;
  readonly index: SearchIndex<StoredContact>;
  /** The index of the opportunity search, which lags as far behind as that of contacts. */
  readonly opportunityIndex: SearchIndex<{
    id: string;
    dateAdded: string;
    dateUpdated: string;
    opportunity: StoredOpportunity;
  }>;
  /** HighLevel's clock, epoch ms. */
  readonly now: () => number;

  /** The sub-account and its settings. */
  location = { name: 'Bright Smile Dental', country: 'US', timezone: 'America/New_York', active: true };
  allowDuplicateContact: boolean;
  /** Whether a contact may have several opportunities in a pipeline. Recorded as false. */
  allowDuplicateOpportunity = false;
  /** Whether a contact and its opportunities have the same owner. */
  syncsOwners = true;
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
    this.#opportunities = streamOf(seed, 'opportunities made later');
    this.traces = streamOf(seed, 'traces');
    this.index = new SearchIndex(now, indexLagMs);
    this.opportunityIndex = new SearchIndex(now, indexLagMs);
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

  /** Adds an open opportunity, at this moment; without a stage, in the first of its pipeline. */
  newOpportunity(
    given: Partial<StoredOpportunity> & Pick<StoredOpportunity, 'contactId' | 'pipelineId'>,
  ): StoredOpportunity {
    const at = this.moment();
    const [first] = this.pipelines.find(({ id }) => id === given.pipelineId)?.stages ?? [];
    const made: StoredOpportunity = {
      name: 'Opportunity',
      pipelineStageId: first?.id ?? '',
      status: 'open',
      monetaryValue: 0,
      followers: [],
      customFields: [],
      lastStatusChangeAt: at,
      lastStageChangeAt: at,
      createdAt: at,
      updatedAt: at,
      ...given,
      id: given.id ?? this.#opportunities.id(),
    };
    this.opportunities.set(made.id, made);
    this.saveOpportunity(made, false);
    return made;
  }

  /** Changes an opportunity, as a person in HighLevel would: the moments of a changed stage or status follow. */
  changeOpportunity(id: string, changes: Partial<StoredOpportunity>): StoredOpportunity {
    const found = this.opportunities.get(id);
    if (!found) throw new Error(`There is no opportunity ${id}`);
    const isNewer = Date.parse(found.createdAt) < this.now();
    const stage = changes.pipelineStageId ?? found.pipelineStageId;
    if (isNewer && stage !== found.pipelineStageId) found.lastStageChangeAt = this.moment();
    if (isNewer && (changes.status ?? found.status) !== found.status)
      found.lastStatusChangeAt = this.moment();
    Object.assign(found, changes);
    const contact = this.contacts.get(found.contactId);
    if (changes.assignedTo !== undefined && this.syncsOwners && contact) {
      contact.assignedTo = changes.assignedTo;
      this.save(contact);
    }
    this.saveOpportunity(found);
    return found;
  }

  /** Lets the search know an opportunity, after its lag. `touch` moves `updatedAt`. */
  saveOpportunity(found: StoredOpportunity, touch = true): void {
    if (touch) found.updatedAt = this.moment();
    this.opportunityIndex.lagMs = this.index.lagMs;
    const { id, createdAt: dateAdded, updatedAt: dateUpdated } = found;
    this.opportunityIndex.put({ id, dateAdded, dateUpdated, opportunity: structuredClone(found) });
  }

  deleteOpportunity(id: string): void {
    this.opportunities.delete(id);
    this.opportunityIndex.lagMs = this.index.lagMs;
    this.opportunityIndex.remove(id);
  }

  /** The contact's opportunities get its owner. Measured. */
  syncOwner({ id, assignedTo }: StoredContact): void {
    if (!this.syncsOwners) return;
    for (const one of this.opportunities.values()) {
      if (one.contactId !== id || one.assignedTo === assignedTo) continue;
      one.assignedTo = assignedTo ?? null;
      this.saveOpportunity(one);
    }
  }

  /** Deletes a task. The tasks search still returns it: open, not deleted, and without its contact. Reported live. */
  deleteTask(taskId: string): void {
    const task = this.tasks.get(taskId);
    if (!task) return;
    this.tasks.delete(taskId);
    this.deletedTasks.set(taskId, { ...task, completed: false, dateUpdated: this.moment() });
  }

  /** Deletes a contact with what belongs to it. */
  delete(contactId: string): void {
    this.contacts.delete(contactId);
    for (const [id, task] of this.tasks) if (task.contactId === contactId) this.deleteTask(id);
    for (const records of [this.notes, this.appointments, this.messages]) {
      for (const [id, record] of records) if (record.contactId === contactId) records.delete(id);
    }
    for (const [id, one] of this.opportunities) if (one.contactId === contactId) this.deleteOpportunity(id);
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
