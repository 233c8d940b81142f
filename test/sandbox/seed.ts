import type { Store, StoredContact } from './store.ts';

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

/** Fills a new sandbox with people and what belongs to them; the same every time for the same seed. */
export function seed(store: Store, { contacts, tasks }: { contacts: number; tasks: number }): void {
  const { random } = store;
  for (const [firstName, lastName] of [
    ['Maria', 'Keller'],
    ['Tom', 'Baker'],
    ['Aiko', 'Mori'],
  ] as const) {
    const email = `${firstName}.${lastName}@example.com`.toLowerCase();
    store.users.push({
      id: random.id(),
      name: `${firstName} ${lastName}`,
      firstName,
      lastName,
      email,
      phone: '+14155550110',
    });
  }
  for (const name of ['Bright Smile Supplies', 'Example Ltd', 'Harbor Dental Group']) {
    store.businesses.push({
      id: random.hex(24),
      name,
      email: `office@${name.toLowerCase().replaceAll(' ', '-')}.example.com`,
      city: random.pick(CITIES),
    });
  }
  seedFields(store);
  for (const name of ['Welcome series', 'Winter offer']) store.campaigns.push({ id: random.id(), name });
  for (const name of ['New lead', 'Missed chat', 'Review request']) {
    const hex = random.hex(32);
    store.workflows.push({
      id: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`,
      name,
    });
  }
  for (const [name, minutes] of [
    ['First consultation', 30],
    ['Cleaning', 60],
    ['Check-up', 45],
  ] as const)
    store.calendars.push({ id: random.id(), name, minutes });
  for (const name of TAGS) store.tags.set(name, { id: random.id(), name });

  const people = Array.from({ length: contacts }, (_, index) => seedContact(store, index));
  // In the order of their dates: the search index then only appends.
  for (const person of people.toReversed()) store.save(person, false);
  for (let index = 0; index < tasks && people.length > 0; index++) seedTask(store, people, index);
  const [first] = people;
  if (first) seedRest(store, first);
}

function seedFields(store: Store): void {
  const add = (name: string, dataType: string, picklistOptions?: string[]) =>
    store.customFields.push({
      id: store.random.id(),
      name,
      fieldKey: `contact.${name.toLowerCase().replaceAll(/\W+/g, '_')}`,
      dataType,
      ...(picklistOptions && { picklistOptions }),
    });
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

function seedContact(store: Store, index: number): StoredContact {
  const { random } = store;
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
    dateAdded: added,
    dateUpdated: added,
  };
}

function seedTask(store: Store, people: StoredContact[], index: number): void {
  const person = people[index % people.length];
  if (!person) return;
  const added = new Date(store.now() - 2 * DAY - index * MINUTE).toISOString();
  const id = store.random.id();
  const user = store.users[index % store.users.length];
  store.tasks.set(id, {
    id,
    contactId: person.id,
    title: `Call ${person.firstName ?? 'back'}`,
    body: 'Ask how it went.',
    ...(user && { assignedTo: user.id }),
    dueDate: new Date(store.now() + (index % 30) * DAY).toISOString(),
    completed: index % 3 === 2,
    dateAdded: added,
    dateUpdated: added,
  });
}

function seedRest(store: Store, person: StoredContact): void {
  const added = new Date(store.now() - 2 * DAY).toISOString();
  const noteId = store.random.id();
  store.notes.set(noteId, {
    id: noteId,
    contactId: person.id,
    body: '<p>Asked for the price list.&nbsp;</p>',
    dateAdded: added,
  });
  const [calendar] = store.calendars;
  const [user] = store.users;
  if (!calendar || !user) return;
  const id = store.random.id();
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
