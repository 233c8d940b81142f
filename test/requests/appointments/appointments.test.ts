import { connection, CONTACT, failure, highLevel, LOCATION, run } from '../../support/app.ts';

const highlevel = highLevel();

const NOON = Date.parse('2026-01-28T12:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const atNoon = { Date: new Date(NOON).toUTCString() };
const CALENDARS = 'GET /calendars/';
const EVENTS = 'GET /calendars/events';
const BOOK = 'POST /calendars/events/appointments';

const answer = {
  id: 'a1',
  title: 'First consultation',
  calendarId: 'cal1',
  contactId: CONTACT,
  startTime: '2026-01-30T10:00:00-05:00',
  appointmentStatus: 'confirmed',
  dateAdded: '2026-01-28T11:30:00Z',
};

const ids = (items: unknown) => (Array.isArray(items) ? items.map((item: { id: string }) => item.id) : []);

test('Book Appointment sends the filled-in fields and the sub-account', async () => {
  highlevel.answers(BOOK, 200, answer);
  const input = {
    calendarId: 'cal1',
    contactId: CONTACT,
    startTime: '2026-01-30 10:00',
    toNotify: 'no',
    title: '',
  };
  expect(await run('creates', 'book_appointment', input)).toMatchObject({ id: 'a1', contactId: CONTACT });
  expect(highlevel.sent).toEqual([
    {
      request: BOOK,
      body: {
        locationId: LOCATION,
        calendarId: 'cal1',
        contactId: CONTACT,
        startTime: '2026-01-30T10:00:00-05:00',
        toNotify: false,
      },
    },
  ]);
});

test('Update Appointment sends only the filled-in fields', async () => {
  highlevel.answers('PUT /calendars/events/appointments/a1', 200, answer);
  await run('creates', 'update_appointment', {
    appointmentId: 'a1',
    startTime: '2026-01-31T10:00:00-05:00',
    appointmentStatus: 'showed',
    address: ' ',
  });
  expect(highlevel.sent).toEqual([
    {
      request: 'PUT /calendars/events/appointments/a1',
      body: { startTime: '2026-01-31T10:00:00-05:00', appointmentStatus: 'showed' },
    },
  ]);
});

test('Cancel Appointment sets the status to cancelled', async () => {
  const cancelled = { ...answer, appointmentStatus: 'cancelled' };
  highlevel.answers('PUT /calendars/events/appointments/a1', 200, cancelled);
  const result = await run('creates', 'cancel_appointment', { appointmentId: 'a1' });
  expect(result).toMatchObject({ appointmentStatus: 'cancelled' });
  expect(highlevel.sent).toEqual([
    { request: 'PUT /calendars/events/appointments/a1', body: { appointmentStatus: 'cancelled' } },
  ]);
});

// Invented values in the recorded shape of a booking's answer.
const withoutTimes = {
  id: 'a2',
  title: 'Check-up',
  calendarId: 'cal1',
  contactId: CONTACT,
  status: 'booked',
  appointmentStatus: 'confirmed',
  address: '',
  traceId: '3b1c',
};

test('a booking whose response lacks the times returns those that were sent', async () => {
  highlevel.answers(BOOK, 201, withoutTimes);
  const startTime = '2026-04-01T09:30:00+02:00';
  const booked = await run('creates', 'book_appointment', {
    calendarId: 'cal1',
    contactId: CONTACT,
    startTime,
    meetingLocationType: 'phone',
    address: '+43 1 234',
  });
  expect(booked).toMatchObject({ id: 'a2', startTime, endTime: null });
  // Without the flag HighLevel would not keep the address.
  expect(highlevel.sent[0]?.body).toMatchObject({
    startTime,
    address: '+43 1 234',
    meetingLocationType: 'phone',
    overrideLocationConfig: true,
  });
});

test('deleted appointments are not listed', async () => {
  const events = [{ ...answer, id: 'gone', deleted: true }, answer, { ...answer, id: 'a3', deleted: false }];
  highlevel.answers(EVENTS, 200, { events }, atNoon);
  expect(ids(await run('triggers', 'new_appointment', { calendarId: 'cal1' }))).toEqual(['a1', 'a3']);
  highlevel.answers(`GET /contacts/${CONTACT}/appointments`, 200, { events });
  expect(ids(await run('searches', 'find_appointments', { contactId: CONTACT, upcoming: 'no' }))).toEqual([
    'a3',
    'a1',
  ]);
});

describe('Find Appointments', () => {
  const events = [
    { id: 'later', startTime: '2026-02-01 09:00:00' },
    { id: 'past', startTime: '2026-01-01 09:00:00' },
    { id: 'off', startTime: '2026-01-28 13:00:00', appointmentStatus: 'cancelled' },
    { id: 'before', startTime: '2025-12-01 09:00:00', appointmentStatus: 'showed' },
    { id: 'next', startTime: '2026-01-28 14:00:00' },
  ];

  test('parses times without an offset in the sub-account’s time zone, best match first', async () => {
    highlevel.answers(`GET /contacts/${CONTACT}/appointments`, 200, { events }, atNoon);
    highlevel.answers(
      `GET /locations/${LOCATION}`,
      200,
      { location: { id: LOCATION, timezone: 'America/New_York' } },
      atNoon,
    );
    const input = { contactId: CONTACT, upcoming: 'no' };
    expect(await run('searches', 'find_appointments', input)).toMatchObject([
      { id: 'next', startTime: '2026-01-28T19:00:00Z', contactId: CONTACT },
      { id: 'later', startTime: '2026-02-01T14:00:00Z' },
      { id: 'past', startTime: '2026-01-01T14:00:00Z' },
      { id: 'before', startTime: '2025-12-01T14:00:00Z' },
      { id: 'off', startTime: '2026-01-28T18:00:00Z' },
    ]);
  });

  test('leaves out past appointments by default, by HighLevel’s clock', async () => {
    highlevel.answers(`GET /contacts/${CONTACT}/appointments`, 200, { events }, atNoon);
    highlevel.answers(`GET /locations/${LOCATION}`, 200, { location: { id: LOCATION } }, atNoon);
    expect(ids(await run('searches', 'find_appointments', { contactId: CONTACT }))).toEqual([
      'next',
      'later',
      'off',
    ]);
  });

  test('returns only appointments with the chosen status', async () => {
    highlevel.answers(`GET /contacts/${CONTACT}/appointments`, 200, { events }, atNoon);
    highlevel.answers(`GET /locations/${LOCATION}`, 200, { location: { id: LOCATION } }, atNoon);
    const input = { contactId: CONTACT, upcoming: 'no', appointmentStatus: 'Showed' };
    expect(ids(await run('searches', 'find_appointments', input))).toEqual(['before']);
  });
});

describe('Find Available Appointment Times', () => {
  const SLOTS = 'GET /calendars/cal1/free-slots';

  test('covers a week by default and returns the earliest slot first', async () => {
    highlevel.answers(SLOTS, 200, {
      '2026-01-31': { slots: ['2026-01-31T09:00:00-05:00'] },
      '2026-01-30': { slots: ['2026-01-30T10:00:00-05:00', '2026-01-30T09:00:00-05:00'] },
      traceId: 'abc',
    });
    const input = { calendarId: 'cal1', from: '2026-01-30T05:00:00Z', timezone: 'America/New_York' };
    expect(ids(await run('searches', 'find_free_slots', input))).toEqual([
      '2026-01-30T09:00:00-05:00',
      '2026-01-30T10:00:00-05:00',
      '2026-01-31T09:00:00-05:00',
    ]);
    const startDate = Date.parse('2026-01-30T05:00:00Z');
    expect(highlevel.sent).toEqual([
      {
        request: SLOTS,
        query: { startDate: `${startDate}`, endDate: `${startDate + 7 * DAY}`, timezone: 'America/New_York' },
      },
    ]);
  });

  test.each([
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['europe/kiev', 'Europe/Kyiv'],
    ['Etc/UTC', 'UTC'],
  ])('sends the time zone %s by its present name', async (timezone, present) => {
    highlevel.answers(SLOTS, 200, {});
    await run('searches', 'find_free_slots', { calendarId: 'cal1', timezone });
    expect(highlevel.sent[0]?.query).toMatchObject({ timezone: present });
  });

  test.each([
    [{ from: '2026-01-30', to: '2026-01-29' }, '"To" must be later than "From".'],
    [{ from: '2026-01-01', to: '2026-02-02' }, '"From" and "To" can be at most 31 days apart.'],
    [
      { timezone: 'Eastern Time' },
      '"Time Zone": "Eastern Time" isn\'t a time zone. Choose one from the list, such as America/New_York.',
    ],
    [{ calendarId: '..' }, '"Calendar" needs a HighLevel calendar ID, not "..".'],
    [{ from: 'soon' }, '"From" isn\'t a date we can read: "soon".'],
  ])('rejects %j before any request', async (input, sentence) => {
    const running = run('searches', 'find_free_slots', { calendarId: 'cal1', ...input });
    expect((await failure(running)).message).toContain(sentence);
    expect(highlevel.sent).toEqual([]);
  });
});

describe('Free slots', () => {
  const SLOTS = 'GET /calendars/cal1/free-slots';
  const find = (input: object = {}, meta: object = {}) =>
    run('searches', 'find_free_slots', { calendarId: 'cal1', ...input }, meta);

  test.each([
    [
      'days under a name of their own',
      { _dates_: { '2026-01-30': { slots: ['2026-01-30T09:00:00-05:00'] } } },
    ],
    ['lists of times', { '2026-01-30': ['2026-01-30T09:00:00-05:00'], traceId: 't' }],
    [
      'days beside other values',
      { '2026-01-30': { slots: ['2026-01-30T09:00:00-05:00'] }, timezone: 'x', n: null },
    ],
  ])('are parsed from %s', async (_, answered) => {
    highlevel.answers(SLOTS, 200, answered);
    expect(await find()).toMatchObject([
      { id: '2026-01-30T09:00:00-05:00', date: '2026-01-30', calendarId: 'cal1' },
    ]);
  });

  test.each([[{}], [{ traceId: 't' }], [{ '2026-01-30': { slots: [] }, traceId: 't' }]])(
    '%j has no free slots',
    async (answered) => {
      highlevel.answers(SLOTS, 200, answered);
      expect(await find()).toEqual([]);
    },
  );

  test.each([
    [{ slots: ['2026-01-30T09:00:00-05:00'] }],
    [{ days: { '2026-01-30': { slots: [] } } }],
    [{ '2026-01-30': { times: ['09:00'] } }],
    [{ '2026-01-30': null }],
    [{ '2026-01-30': 'busy' }],
    [{ '2026-01-30': { slots: [{ start: '09:00' }] } }],
    ['[]'],
  ])('the unknown response %j is an error, not an empty list', async (answered) => {
    for (let attempt = 0; attempt < 4; attempt++) highlevel.answers(SLOTS, 200, answered);
    expect((await failure(find())).message).toBe(
      "HighLevel could not find free slots: HighLevel's response could not be read. Please try again in a few minutes.",
    );
  });

  // 31 days hold an hour more in autumn, and an hour less in spring.
  test.each([
    ['2026-10-15T00:00', '2026-11-15T00:00'],
    ['2026-03-01T00:00', '2026-04-01T00:00'],
    ['2026-05-01T00:00', '2026-06-01T00:00'],
  ])('from %s to %s in New York, 31 days, are requested', async (from, to) => {
    highlevel.answers(SLOTS, 200, {});
    expect(await find({ from, to })).toEqual([]);
  });

  test.each([
    ['2026-10-15T00:00', '2026-11-15T00:01'],
    ['2026-03-01T00:00', '2026-04-01T00:30'],
  ])('from %s to %s in New York, more than 31 days, are rejected', async (from, to) => {
    expect((await failure(find({ from, to }))).message).toContain('at most 31 days apart');
  });

  test('the days are those of the chosen time zone', async () => {
    const [from, to] = ['2026-10-15T00:00-04:00', '2026-11-15T00:00-05:00'];
    expect((await failure(find({ from, to, timezone: 'Asia/Kolkata' }))).message).toContain('31 days apart');
  });
});

describe('A calendar that HighLevel refuses', () => {
  const calendars = [{ id: 'cal1' }, { id: 'cal2' }, { id: 'cal3' }];

  test.each([400, 403, 404, 422])('with %i is skipped by the poll', async (status) => {
    highlevel.answers(CALENDARS, 200, { calendars }, atNoon);
    highlevel.answers(EVENTS, 200, { events: [answer] }, atNoon);
    highlevel.answers(EVENTS, status, { message: 'Calendar not found' }, atNoon);
    highlevel.answers(EVENTS, 200, { events: [{ ...answer, id: 'a2' }] }, atNoon);
    expect(ids(await run('triggers', 'new_appointment', {})).toSorted()).toEqual(['a1', 'a2']);
  });

  test('fails the poll if all calendars are refused', async () => {
    highlevel.answers(CALENDARS, 200, { calendars }, atNoon);
    for (const _ of calendars) highlevel.answers(EVENTS, 422, { message: 'calendarId is odd' });
    expect((await failure(run('triggers', 'new_appointment', {}))).message).toContain('calendarId is odd');
  });
});

describe('The times after a write', () => {
  const bare = { ...answer, startTime: undefined };

  test('are null after Cancel Appointment', async () => {
    highlevel.answers('PUT /calendars/events/appointments/a1', 200, bare);
    expect(await run('creates', 'cancel_appointment', { appointmentId: 'a1' })).toMatchObject({
      id: 'a1',
      startTime: null,
      endTime: null,
    });
  });

  test('are those that were sent; an end that was not sent is null', async () => {
    const startTime = '2026-01-30T10:00:00-05:00';
    const endTime = '2026-01-30T10:30:00-05:00';
    const booking = { calendarId: 'cal1', contactId: CONTACT, startTime };
    highlevel.answers(BOOK, 201, bare);
    expect(await run('creates', 'book_appointment', booking)).toMatchObject({ startTime, endTime: null });
    highlevel.answers('PUT /calendars/events/appointments/a1', 200, bare);
    expect(await run('creates', 'update_appointment', { appointmentId: 'a1', endTime })).toMatchObject({
      startTime: null,
      endTime,
    });
  });
});

describe('Appointment triggers', () => {
  test.each([
    ['calendarId', 'cal1', 'calendarId'],
    ['assignedUserId', 'user1', 'userId'],
  ])('with a chosen %s send one request: from 7 days ago to 365 days ahead', async (input, id, asked) => {
    highlevel.answers(EVENTS, 200, { events: [{ ...answer, assignedUserId: 'user1' }] }, atNoon);
    const found = await run('triggers', 'new_appointment', { [input]: id });
    expect(Array.isArray(found)).toBe(true);
    const query = highlevel.sent[0]?.query ?? {};
    expect(query).toMatchObject({ locationId: LOCATION, [asked]: id });
    expect(Number(query.endTime) - Number(query.startTime)).toBe((7 + 365) * DAY);
    expect(highlevel.sent).toHaveLength(1);
  });

  test('return only appointments booked in the last hour', async () => {
    const old = { ...answer, id: 'a0', dateAdded: '2026-01-28T10:00:00Z' };
    highlevel.answers(EVENTS, 200, { events: [old, answer] }, atNoon);
    expect(ids(await run('triggers', 'new_appointment', { calendarId: 'cal1' }))).toEqual(['a1']);
  });

  test('Updated Appointment returns those changed in the last hour, and filters by status', async () => {
    const events = [
      { ...answer, id: 'moved', dateAdded: '2026-01-01T00:00:00Z', dateUpdated: '2026-01-28T11:59:00Z' },
      { ...answer, id: 'other', appointmentStatus: 'cancelled', dateUpdated: '2026-01-28T11:59:00Z' },
      { ...answer, id: 'old', dateAdded: '2026-01-01T00:00:00Z' },
    ];
    highlevel.answers(EVENTS, 200, { events }, atNoon);
    const input = { calendarId: 'cal1', appointmentStatus: 'confirmed' };
    expect(ids(await run('triggers', 'updated_appointment', input))).toEqual(['moved']);
  });

  test('with a contact and a calendar leave out the contact’s appointments in other calendars', async () => {
    const events = [answer, { ...answer, id: 'a2', calendarId: 'cal2' }];
    highlevel.answers(`GET /contacts/${CONTACT}/appointments`, 200, { events }, atNoon);
    const input = { contactId: CONTACT, calendarId: answer.calendarId };
    expect(ids(await run('triggers', 'new_appointment', input))).toEqual(['a1']);
  });

  describe('look back to the last poll that succeeded', () => {
    const hours = (count: number) => ({ Date: new Date(NOON + count * HOUR).toUTCString() });
    const added = (id: string, after: number) => ({
      ...answer,
      id,
      dateAdded: new Date(NOON + after * HOUR).toISOString(),
    });

    test('of a chosen calendar', async () => {
      const zap = connection();
      highlevel.answers(EVENTS, 200, { events: [] }, atNoon);
      await zap.run('triggers', 'new_appointment', { calendarId: 'cal1' });
      highlevel.answers(EVENTS, 200, { events: [added('since', 0.5), added('before', -0.5)] }, hours(5));
      expect(ids(await zap.run('triggers', 'new_appointment', { calendarId: 'cal1' }))).toEqual(['since']);
    });

    test('of all calendars, past one in which all were refused', async () => {
      const zap = connection();
      const poll = () => zap.run('triggers', 'new_appointment', {});
      const calendars = [{ id: 'cal1', name: 'One' }];
      for (const after of [0, 3, 5]) highlevel.answers(CALENDARS, 200, { calendars }, hours(after));
      highlevel.answers(EVENTS, 200, { events: [] }, atNoon);
      highlevel.answers(EVENTS, 422, { message: 'calendarId is odd' }, hours(3));
      highlevel.answers(EVENTS, 200, { events: [added('since', 0.5), added('before', -0.5)] }, hours(5));
      expect(await poll()).toEqual([]);
      await failure(poll());
      expect(ids(await poll())).toEqual(['since']);
    });
  });

  test('return all existing appointments to fill Zapier’s dedupe table', async () => {
    const old = { ...answer, id: 'a0', dateAdded: '2026-01-01T10:00:00Z' };
    highlevel.answers(EVENTS, 200, { events: [old, answer] }, atNoon);
    const learned = await run(
      'triggers',
      'new_appointment',
      { calendarId: 'cal1' },
      { isPopulatingDedupe: true },
    );
    expect(ids(learned)).toEqual(['a1', 'a0']);
  });

  test('without a filter send one request per calendar', async () => {
    const calendars = ['cal1', 'cal2', 'cal3', 'cal4', 'cal5'].map((id) => ({ id, name: id }));
    highlevel.answers(CALENDARS, 200, { calendars }, atNoon);
    for (const { id } of calendars)
      highlevel.answers(EVENTS, 200, { events: [{ ...answer, id: `of-${id}` }] }, atNoon);
    expect(ids(await run('triggers', 'new_appointment', {}))).toHaveLength(5);
    expect(highlevel.sent.slice(1).map(({ query }) => query?.calendarId)).toEqual(
      calendars.map(({ id }) => id),
    );
  });

  test('require a filter for more than 30 calendars', async () => {
    const calendars = Array.from({ length: 31 }, (_, index) => ({ id: `cal${index}`, name: null }));
    highlevel.answers(CALENDARS, 200, { calendars });
    expect((await failure(run('triggers', 'new_appointment', {}))).message).toContain(
      'This sub-account has 31 calendars, too many to watch at once. Choose a calendar',
    );
  });
});

test.each([
  ['book_appointment', { contactId: CONTACT }, 'Please fill in "Calendar" and "Start Time".'],
  [
    'update_appointment',
    { appointmentId: 'a1', title: '' },
    'Nothing to update. Please fill in at least one field besides "Appointment".',
  ],
  [
    'update_appointment',
    { appointmentId: 'a1', appointmentStatus: 'maybe' },
    '"Status" can\'t be "maybe". Use New, Confirmed, Cancelled, Showed, No-Show, or Invalid.',
  ],
  [
    'cancel_appointment',
    { appointmentId: 'a/1' },
    '"Appointment" needs a HighLevel appointment ID, not "a/1".',
  ],
])('%s rejects %j before any request', async (key, input, sentence) => {
  expect((await failure(run('creates', key, input))).message).toContain(sentence);
  expect(highlevel.sent).toEqual([]);
});
