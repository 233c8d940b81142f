import { streamOf, type Random } from './random.ts';
import type { Store, StoredContact, StoredField, StoredMessage } from './store.ts';

const FIRST = [
  'Jane',
  'Omar',
  'Lucía',
  'Anna',
  'Kenji',
  'Fatima',
  'Liam',
  'Zoë',
  'Mateusz',
  'Priya',
  'Noah',
  'Chloé',
] as const;
const LAST = [
  'Doe',
  'Haddad',
  'García',
  'Ivanova',
  'Tanaka',
  'Khan',
  'Murphy',
  'Novak',
  'Kowalski',
  'Sharma',
  'Miller',
  'Dubois',
] as const;
const CITIES = ['San Francisco', 'Austin', 'Boston', 'Denver', 'Chicago'] as const;
const TAGS = ['customer', 'newsletter', 'pricing', 'vip', 'trial'] as const;
const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * Fills a new sandbox with people and what belongs to them; the same every time for the same seed, each kind for itself.
 * `onSeeded` is called with the number of contacts so far, every thousand.
 */
export function seed(
  store: Store,
  { contacts, tasks }: { contacts: number; tasks: number },
  onSeeded: (contacts: number) => void = () => {},
): void {
  const stream = (kind: string) => streamOf(store.seed, kind);
  const users = stream('users');
  for (const [firstName, lastName] of [
    ['Maria', 'Keller'],
    ['Tom', 'Baker'],
    ['Aiko', 'Mori'],
  ] as const) {
    const email = `${firstName}.${lastName}@example.com`.toLowerCase();
    store.users.push({
      id: users.id(),
      name: `${firstName} ${lastName}`,
      firstName,
      lastName,
      email,
      phone: '+14155550110',
    });
  }
  const businesses = stream('businesses');
  for (const name of ['Bright Smile Supplies', 'Example Ltd', 'Harbor Dental Group']) {
    store.businesses.push({
      id: businesses.hex(24),
      name,
      email: `office@${name.toLowerCase().replaceAll(' ', '-')}.example.com`,
      city: businesses.pick(CITIES),
    });
  }
  seedFields(store, stream('custom fields'));
  seedPipelines(store, stream('pipelines'));
  const campaigns = stream('campaigns');
  for (const [name, status] of [
    ['Welcome series', 'published'],
    ['Winter offer', 'published'],
    ['Spring offer', 'draft'],
  ] as const)
    store.campaigns.push({ id: campaigns.id(), name, status });
  const workflows = stream('workflows');
  for (const [name, status] of [
    ['New lead', 'published'],
    ['Missed chat', 'published'],
    ['Review request', 'published'],
    ['Birthday', 'draft'],
  ] as const)
    store.workflows.push({ id: workflows.uuid(), name, status, takesAgain: name !== 'Review request' });
  const calendars = stream('calendars');
  for (const [name, minutes] of [
    ['First consultation', 30],
    ['Cleaning', 60],
    ['Check-up', 45],
  ] as const)
    store.calendars.push({ id: calendars.id(), name, minutes, isActive: true });
  const tags = stream('tags');
  for (const name of TAGS) store.tags.set(name, { id: tags.id(), name });

  const lists = stream('forms and surveys');
  for (const [kind, name] of [
    ['form', 'Price request'],
    ['form', 'Newsletter'],
    ['survey', 'After your visit'],
  ] as const)
    store.questionnaires.push({ kind, id: lists.id(), name });
  for (const [phoneNumber, friendlyName] of [
    ['+14155550110', 'Front desk'],
    ['+14155550111', '+14155550111'],
  ] as const)
    store.phoneNumbers.push({ phoneNumber, friendlyName, sid: `PN${lists.hex(32)}` });

  const persons = stream('contacts');
  const people = Array.from({ length: contacts }, (_, index) => {
    if (index > 0 && index % 1000 === 0) onSeeded(index);
    return seedContact(store, persons, index);
  });
  // In the order of their dates: the search index then only appends.
  for (const person of people.toReversed()) store.save(person, false);
  const todo = stream('tasks');
  for (let index = 0; index < tasks && people.length > 0; index++) seedTask(store, todo, people, index);
  const [first] = people;
  if (!first) return;
  seedNote(store, stream('notes').id(), first);
  seedAppointment(store, stream('appointments').id(), first);
  seedMessages(store, stream('messages'), first);
  seedSubmissions(store, stream('submissions'), first);
  seedOpportunities(store, stream('opportunities'), people);
}

function seedFields(store: Store, random: Random): void {
  const dateAdded = new Date(store.now() - 30 * DAY).toISOString();
  const add = (name: string, dataType: string, picklistOptions?: string[]) => {
    const field: StoredField = {
      id: random.id(),
      name,
      fieldKey: `contact.${name.toLowerCase().replaceAll(/\W+/g, '_')}`,
      dataType,
      dateAdded,
      ...(picklistOptions && { picklistOptions }),
    };
    store.customFields.push(field);
  };
  for (const name of [
    'UTM Source',
    'UTM Medium',
    'UTM Campaign',
    'UTM Term',
    'UTM Content',
    'GCLID',
    'FBCLID',
    'Landing Page',
  ])
    add(name, 'TEXT');
  add('About', 'LARGE_TEXT');
  add('Second Phone', 'PHONE');
  add('Contract Date', 'DATE');
  add('Plan', 'SINGLE_OPTIONS', ['Basic', 'Plus', 'Premium']);
  add('Newsletter', 'RADIO', ['Yes', 'No']);
  add('Seats', 'NUMERICAL');
  add('Budget', 'MONETORY');
  add('Interests', 'CHECKBOX', ['Cleaning', 'Braces', 'Implants']);
  add('Languages', 'MULTIPLE_OPTIONS', ['English', 'Spanish', 'Russian']);
  add('Remarks', 'TEXTBOX_LIST', ['First', 'Second']);
  add('X-Ray', 'FILE_UPLOAD');
}

function seedPipelines(store: Store, random: Random): void {
  for (const [name, stages] of [
    ['Sales', ['New Lead', 'Contacted', 'Proposal Sent', 'Visit Booked']],
    ['Renewals', ['Due', 'Reminded']],
  ] as const) {
    const id = random.id();
    store.pipelines.push({ id, name, stages: stages.map((stage) => ({ id: random.uuid(), name: stage })) });
  }
  for (const name of ['Too expensive', 'No answer']) store.lostReasons.push({ id: random.id(), name });
  const dateAdded = new Date(store.now() - 30 * DAY).toISOString();
  for (const [name, dataType, picklistOptions] of [
    ['Treatment', 'SINGLE_OPTIONS', ['Cleaning', 'Braces', 'Implants']],
    ['Remarks', 'TEXT', undefined],
    ['Decision By', 'DATE', undefined],
    ['Probability', 'NUMERICAL', undefined],
  ] as const)
    store.opportunityFields.push({
      id: random.id(),
      name,
      fieldKey: `opportunity.${name.toLowerCase().replaceAll(/\W+/g, '_')}`,
      dataType,
      dateAdded,
      ...(picklistOptions && { picklistOptions: [...picklistOptions] }),
    });
}

/** One of the first contact and two of others, one day old. */
function seedOpportunities(store: Store, random: Random, people: StoredContact[]): void {
  const [sales, renewals] = store.pipelines;
  const [first, second, third] = people;
  if (!first || !sales || !renewals) return;
  const at = new Date(store.now() - DAY).toISOString();
  const moments = { createdAt: at, updatedAt: at, lastStageChangeAt: at, lastStatusChangeAt: at };
  const add = (person: StoredContact | undefined, pipelineId: string, more: object) => {
    const name = `${person?.firstName ?? ''} ${person?.lastName ?? ''}`.trim();
    if (person)
      store.newOpportunity({ id: random.id(), contactId: person.id, pipelineId, name, ...moments, ...more });
  };
  add(first, sales.id, { monetaryValue: 1500, source: 'Website' });
  add(second, sales.id, { monetaryValue: 900, status: 'won' });
  add(third, renewals.id, { monetaryValue: 120 });
}

function seedContact(store: Store, random: Random, index: number): StoredContact {
  const firstName = FIRST[index % FIRST.length] ?? 'Jane';
  const lastName = LAST[Math.floor(index / FIRST.length + index) % LAST.length] ?? 'Doe';
  const ascii = `${firstName}.${lastName}`
    .normalize('NFD')
    .replaceAll(/[^\w.]/g, '')
    .toLowerCase();
  const email = `${ascii}${index < FIRST.length ? '' : index}@example.com`;
  const added = new Date(store.now() - 2 * DAY - index * 5 * MINUTE).toISOString();
  return {
    id: random.id(),
    locationId: store.locationId,
    firstName,
    lastName,
    email,
    phone: `+1415${String(2_000_000 + index).padStart(7, '0')}`,
    city: random.pick(CITIES),
    country: 'US',
    source: 'Website',
    type: 'lead',
    tags: random.next() < 0.5 ? [random.pick(TAGS)] : [],
    followers: [],
    customFields: [],
    campaigns: [],
    workflows: [],
    ...(index % 10 === 3 && store.businesses[0] && { businessId: store.businesses[0].id }),
    createdBy: {
      source: 'WEB_USER',
      channel: 'APP',
      sourceId: store.users[0]?.id ?? '',
      timestamp: added,
    },
    dateAdded: added,
    dateUpdated: added,
  };
}

function seedTask(store: Store, random: Random, people: StoredContact[], index: number): void {
  const person = people[index % people.length];
  if (!person) return;
  const added = new Date(store.now() - 2 * DAY - index * MINUTE).toISOString();
  const id = random.id();
  const user = store.users[index % store.users.length];
  store.tasks.set(id, {
    id,
    contactId: person.id,
    title: `Call ${person.firstName ?? 'back'}`,
    // Written by HighLevel's editor, if by a person; otherwise as an app sent it.
    body: index % 2 === 0 ? '<p>Ask how it went.&nbsp;</p>' : 'Ask how it went.',
    ...(user && { assignedTo: user.id }),
    dueDate: new Date(store.now() + (index % 30) * DAY).toISOString(),
    completed: index % 3 === 2,
    dateAdded: added,
    dateUpdated: added,
  });
}

function seedNote(store: Store, id: string, person: StoredContact): void {
  store.notes.set(id, {
    id,
    contactId: person.id,
    body: '<p>Asked for the price list.&nbsp;</p>',
    dateAdded: new Date(store.now() - 2 * DAY).toISOString(),
  });
}

function seedAppointment(store: Store, id: string, person: StoredContact): void {
  const [calendar] = store.calendars;
  const [user] = store.users;
  if (!calendar || !user) return;
  const added = new Date(store.now() - 2 * DAY).toISOString();
  const start = new Date(Math.floor(store.now() / DAY) * DAY + 3 * DAY + 15 * 60 * MINUTE);
  store.appointments.set(id, {
    id,
    calendarId: calendar.id,
    contactId: person.id,
    title: calendar.name,
    appointmentStatus: 'confirmed',
    assignedUserId: user.id,
    startTime: start.toISOString(),
    endTime: new Date(start.getTime() + calendar.minutes * MINUTE).toISOString(),
    dateAdded: added,
    dateUpdated: added,
  });
}

/** A conversation by SMS and email, with an event in between. */
function seedMessages(store: Store, random: Random, person: StoredContact): void {
  const phone = { from: person.phone ?? '', to: '+14155550110' };
  const mail = { from: 'office@example.com', to: person.email ?? '' };
  const rows: Omit<StoredMessage, 'id' | 'contactId' | 'dateAdded'>[] = [
    {
      direction: 'inbound',
      messageType: 'TYPE_SMS',
      body: 'Do you open on Sunday?',
      status: 'delivered',
      source: 'app',
      ...phone,
    },
    {
      direction: 'outbound',
      messageType: 'TYPE_SMS',
      body: 'From ten to two.',
      status: 'delivered',
      source: 'app',
      userId: store.users[0]?.id ?? '',
      from: phone.to,
      to: phone.from,
    },
    {
      direction: 'outbound',
      messageType: 'TYPE_ACTIVITY_APPOINTMENT',
      body: 'Appointment created',
      source: 'app',
      from: '',
      to: '',
      activity: {
        data: { appointmentTitle: 'First consultation' },
        title: 'New',
        type: 'appointment_created',
      },
    },
    {
      direction: 'outbound',
      messageType: 'TYPE_EMAIL',
      body: '<p>See you on Sunday.</p>',
      subject: 'Your appointment',
      status: 'delivered',
      source: 'workflow',
      ...mail,
    },
  ];
  for (const [index, row] of rows.entries()) {
    const id = random.id();
    const dateAdded = new Date(store.now() - 2 * DAY + index * MINUTE).toISOString();
    store.messages.set(id, { id, contactId: person.id, ...row, dateAdded });
  }
}

/** One submission of each form and survey, two days old. */
function seedSubmissions(store: Store, random: Random, person: StoredContact): void {
  const name = `${person.firstName ?? ''} ${person.lastName ?? ''}`.trim();
  const budget = store.customFields.find((field) => field.name === 'Budget')?.id ?? 'budget';
  for (const { kind, id: questionnaireId } of store.questionnaires) {
    const id = random.uuid();
    store.submissions.set(id, {
      id,
      kind,
      questionnaireId,
      contactId: person.id,
      name,
      email: person.email ?? '',
      others: {
        [budget]: '500',
        full_name: name,
        email: person.email,
        phone: person.phone,
        eventData: { page: { url: 'https://example.com/prices', title: 'Prices' }, medium: kind },
        fieldsOriSequance: ['full_name', 'email', 'phone', budget],
      },
      createdAt: new Date(store.now() - 2 * DAY).toISOString(),
    });
  }
}
