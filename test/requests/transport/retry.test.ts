import { connection, CONTACT, failure, highLevel, LOCATION, run } from '../../support/app.ts';

const highlevel = highLevel();

const NOTES = `/contacts/${CONTACT}/notes`;
const TASKS = `/contacts/${CONTACT}/tasks`;
const note = { id: 'n1', body: 'Hi' };
const createNote = () => run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' });
const findNotes = () => run('searches', 'find_notes', { contactId: CONTACT });

/** Idempotent requests, which are repeated after an unknown outcome, each with a step that sends it. */
const idempotent = [
  ['a read', `GET ${NOTES}`, { notes: [] }, findNotes],
  [
    'a search',
    'POST /contacts/search',
    { contacts: [] },
    () => run('searches', 'find_contacts', { tags: ['vip'] }),
  ],
  [
    'a PUT',
    `PUT ${TASKS}/t1`,
    { task: { id: 't1' } },
    () => run('creates', 'update_task', { contactId: CONTACT, taskId: 't1', title: 'Call' }),
  ],
  [
    'an upsert',
    'POST /contacts/upsert',
    { contact: { id: CONTACT } },
    () => run('creates', 'create_or_update_contact', { email: 'a@b.co' }),
  ],
  [
    'adding tags',
    `POST /contacts/${CONTACT}/tags`,
    { tags: ['vip'] },
    () => run('creates', 'add_tags', { contactId: CONTACT, tags: ['vip'] }),
  ],
] as const;

/** Requests that are not idempotent, each with the lookups after an unknown outcome and a step that sends it. */
const once = [
  [
    'a new contact',
    'POST /contacts/',
    [['GET /contacts/search/duplicate', { contact: null }]],
    () => run('creates', 'create_contact', { email: 'a@b.co' }),
  ],
  ['a new note', `POST ${NOTES}`, [[`GET ${NOTES}`, { notes: [] }]], createNote],
  [
    'a new task',
    `POST ${TASKS}`,
    [[`GET ${TASKS}`, { tasks: [] }]],
    () => run('creates', 'create_task', { contactId: CONTACT, title: 'Call', dueDate: '2026-01-30' }),
  ],
  [
    'a new appointment',
    'POST /calendars/events/appointments',
    [[`GET /contacts/${CONTACT}/appointments`, { events: [] }]],
    () =>
      run('creates', 'book_appointment', {
        calendarId: 'cal1',
        contactId: CONTACT,
        startTime: '2026-01-30T15:00Z',
      }),
  ],
  [
    'a started workflow',
    `POST /contacts/${CONTACT}/workflow/w1`,
    [],
    () => run('creates', 'add_to_workflow', { contactId: CONTACT, workflowId: 'w1' }),
  ],
  [
    'a started campaign',
    `POST /contacts/${CONTACT}/campaigns/c1`,
    [],
    () => run('creates', 'add_to_campaign', { contactId: CONTACT, campaignId: 'c1' }),
  ],
] as const;

const broken = { statusCode: 502, message: 'Bad Gateway' };

beforeEach(() => {
  jest.spyOn(Math, 'random').mockReturnValue(0);
});

describe('Retry after a 429', () => {
  test.each([
    ['as long as Retry-After says', { 'Retry-After': '2' }, 2_000],
    ['not at all when Retry-After is 0', { 'Retry-After': '0' }, 0],
    ['half of the burst window', { 'X-RateLimit-Interval-Milliseconds': '50' }, 25],
    ['five seconds when HighLevel says nothing', {}, 5_000],
  ])('waits %s, then succeeds', async (_, headers, wait) => {
    highlevel.answers(`GET ${NOTES}`, 429, { statusCode: 429, message: 'Too Many Requests' }, headers);
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
    expect(await findNotes()).toEqual([]);
    expect(highlevel.waits).toEqual([wait]);
    expect(highlevel.sent).toHaveLength(2);
  });

  test('repeats a new note too, because the first was refused', async () => {
    highlevel.answers(`POST ${NOTES}`, 429, {}, { 'Retry-After': '1' });
    highlevel.answers(`POST ${NOTES}`, 201, { note });
    expect(await createNote()).toMatchObject(note);
    expect(highlevel.sent).toEqual([
      { request: `POST ${NOTES}`, body: { body: 'Hi' } },
      { request: `POST ${NOTES}`, body: { body: 'Hi' } },
    ]);
  });

  test('gives up after four attempts and leaves the step to Zapier', async () => {
    for (const _ of [1, 2, 3, 4]) highlevel.answers(`GET ${NOTES}`, 429, {}, { 'Retry-After': '3' });
    expect(await failure(findNotes())).toEqual({
      kind: 'ThrottledError',
      message: "HighLevel's rate limit is reached. Zapier will try this step again.",
      delay: 3,
    });
    expect(highlevel.waits).toEqual([3_000, 3_000, 3_000]);
  });

  test('leaves a wait longer than the run to Zapier', async () => {
    for (const _ of [1, 2]) highlevel.answers(`GET ${NOTES}`, 429, {}, { 'Retry-After': '20' });
    expect(await failure(findNotes())).toMatchObject({ kind: 'ThrottledError', delay: 20 });
    expect(highlevel.waits).toEqual([20_000]);
  });

  test('leaves four refusals in a window and a half to Zapier', async () => {
    for (const _ of [1, 2, 3, 4]) highlevel.answers(`GET ${NOTES}`, 429, {});
    expect(await failure(findNotes())).toMatchObject({ kind: 'ThrottledError', delay: 10 });
    expect(highlevel.waits).toEqual([5_000, 5_000, 5_000]);
  });

  describe('that another run had before', () => {
    /** The waits of steps that are each refused once; before each of them, time passes. */
    async function waits(...steps: { after: number; headers?: Record<string, string> }[]) {
      const another = connection();
      for (const { after, headers = {} } of steps) {
        highlevel.passes(after);
        highlevel.answers(`GET ${NOTES}`, 429, {}, headers);
        highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
        await another.run('searches', 'find_notes', { contactId: CONTACT });
      }
      return highlevel.waits;
    }

    test('waits for the end of the window that the other has seen begin', async () => {
      // The second run sees the next window begin.
      expect(await waits({ after: 0 }, { after: 3_000 }, { after: 4_000 })).toEqual([5_000, 7_000, 6_000]);
    });

    test('knows that a window ends at the same time for all', async () => {
      const soon = { 'Retry-After': '1' };
      expect(await waits({ after: 0 }, { after: 0, headers: soon }, { after: 0 })).toEqual([
        5_000, 1_000, 9_000,
      ]);
    });

    test('keeps to the length of the window that HighLevel states', async () => {
      const second = { 'X-RateLimit-Interval-Milliseconds': '1000' };
      expect(await waits({ after: 0, headers: second }, { after: 300, headers: second })).toEqual([500, 700]);
      const long = { 'X-RateLimit-Interval-Milliseconds': '20000' };
      highlevel.waits.length = 0;
      expect(await waits({ after: 0, headers: long }, { after: 4_000, headers: long })).toEqual([
        10_000, 16_000,
      ]);
    });

    test('counts a window from the request that began it, not from its slow answer', async () => {
      const another = connection();
      const find = () => another.run('searches', 'find_notes', { contactId: CONTACT });
      const slow = {
        toJSON() {
          highlevel.passes(8_000);
          return { notes: [] };
        },
      };
      for (const answer of [slow, { notes: [] }]) {
        highlevel.answers(`GET ${NOTES}`, 429, {});
        highlevel.answers(`GET ${NOTES}`, 200, answer);
        await find();
      }
      expect(highlevel.waits).toEqual([5_000, 2_000]);
    });

    test('waits for its end in a dropdown of the Zap editor too', async () => {
      const another = connection();
      highlevel.answers(`GET ${NOTES}`, 429, {});
      highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
      await another.run('searches', 'find_notes', { contactId: CONTACT });
      highlevel.answers('GET /campaigns/', 429, {});
      highlevel.answers('GET /campaigns/', 200, { campaigns: [] });
      await another.choices('add_to_campaign', 'campaignId');
      expect(highlevel.waits).toEqual([5_000, 10_000]);
    });

    test('does not trust a clock that is ahead', async () => {
      expect(await waits({ after: 0 }, { after: -60_000 })).toEqual([5_000, 5_000]);
    });
  });

  test('no wait is longer than a day, whatever a header says', async () => {
    highlevel.answers(`GET ${NOTES}`, 429, {}, { 'Retry-After': '8640000' });
    expect(await failure(findNotes())).toMatchObject({ kind: 'ThrottledError', delay: 86_400 });
  });

  test('leaves a used-up daily limit to Zapier at once, until it resets', async () => {
    const spent = { 'X-RateLimit-Daily-Remaining': '0', 'X-RateLimit-Daily-Reset': '84322000' };
    highlevel.answers(`POST ${NOTES}`, 429, {}, spent);
    expect(await failure(createNote())).toMatchObject({ kind: 'ThrottledError', delay: 84_322 });
    expect(highlevel.waits).toEqual([]);
  });
});

/** Responses other than 5xx that leave the outcome unknown. */
const open: [number, unknown][] = [
  [400, { statusCode: 400, message: 'Request Timeout after 30000ms' }],
  [408, { message: 'Request Timeout' }],
  [425, 'Too Early'],
  [499, ''],
];

describe.each(idempotent)('Retry of %s with an unknown outcome', (_, request, answer, go) => {
  test.each(open)('repeats it after a %i, %j', async (status, body) => {
    highlevel.answers(request, status, body);
    highlevel.answers(request, 200, answer);
    await go();
    expect(highlevel.sent).toHaveLength(2);
  });

  test.each([500, 502, 503, 504])('repeats it after a %i', async (status) => {
    highlevel.answers(request, status, broken);
    highlevel.answers(request, 200, answer);
    await go();
    expect(highlevel.waits).toEqual([500]);
    expect(highlevel.sent).toHaveLength(2);
    expect(highlevel.sent[1]).toEqual(highlevel.sent[0]);
  });

  test('repeats it after a lost connection', async () => {
    highlevel.breaks(request);
    highlevel.answers(request, 200, answer);
    await go();
    expect(highlevel.sent).toHaveLength(2);
  });

  test('gives up after four attempts and says what to do', async () => {
    for (let attempt = 0; attempt < 4; attempt++) highlevel.answers(request, 500, broken);
    const { kind, code, message } = await failure(go());
    expect({ kind, code }).toEqual({ kind: 'AppError', code: 'Unavailable' });
    expect(message).toMatch(
      /^HighLevel could not .+: HighLevel had an internal error \(500\)\. Please try again in a few minutes\.$/,
    );
    expect(highlevel.waits).toEqual([500, 1_000, 2_000]);
  });
});

describe.each(once)('No retry of %s (not idempotent)', (_, request, looks, go) => {
  const uncertain =
    looks.length > 0
      ? /^HighLevel did not confirm the request to .+: .+\. The (?:contact|note|task|appointment) is not in HighLevel yet, but may still appear there\. Replay this step in a few minutes: it looks in HighLevel first, so nothing is written a second time\.$/
      : /^HighLevel did not confirm the request to .+: .+\. There is no way to look up whether the contact was added to the (?:workflow|campaign), so this step does not try again for 24 hours\. Check the contact in HighLevel\. To add it anyway, do that in HighLevel, or replay this step after 24 hours\.$/;
  const sent = [request, ...looks.map(([look]) => look)];

  test.each([500, 502, 503, 504])(
    'looks it up after a %i, then reports an unknown outcome',
    async (status) => {
      highlevel.answers(request, status, broken);
      for (const [look, answer] of looks) highlevel.answers(look, 200, answer);
      const { code, message } = await failure(go());
      expect(code).toBe('Uncertain');
      expect(message).toMatch(uncertain);
      expect(message).toContain(`HighLevel had an internal error (${status})`);
      expect(highlevel.sent.map((one) => one.request)).toEqual(sent);
    },
  );

  test.each(open)('looks it up after a %i, %j, then reports an unknown outcome', async (status, body) => {
    highlevel.answers(request, status, body);
    for (const [look, answer] of looks) highlevel.answers(look, 200, answer);
    const { code, message } = await failure(go());
    expect(code).toBe('Uncertain');
    expect(message).toMatch(uncertain);
    expect(highlevel.sent.map((one) => one.request)).toEqual(sent);
  });

  test('looks it up after a lost connection, then reports an unknown outcome', async () => {
    highlevel.breaks(request);
    for (const [look, answer] of looks) highlevel.answers(look, 200, answer);
    expect((await failure(go())).message).toMatch(uncertain);
    expect(highlevel.sent.map((one) => one.request)).toEqual(sent);
  });
});

describe('Retry of a DELETE', () => {
  const request = `DELETE ${NOTES}/n1`;
  const go = () => run('creates', 'delete_note', { contactId: CONTACT, noteId: 'n1' });

  test('treats not found on the second attempt as success', async () => {
    highlevel.answers(request, 502, broken);
    highlevel.answers(request, 404, { statusCode: 404, message: 'Note not found' });
    expect(await go()).toMatchObject({ id: 'n1', deleted: true });
  });

  test.each(['The task id is invalid.', 'The note id is invalid.'])(
    'treats other not-found messages on the repeat as success: %s',
    async (message) => {
      highlevel.answers(request, 400, { message: 'Request Timeout after 30000ms' });
      highlevel.answers(request, 400, { statusCode: 400, message });
      expect(await go()).toMatchObject({ id: 'n1', deleted: true });
    },
  );

  test('fails if the record is not found after a refusal, which deleted nothing', async () => {
    highlevel.answers(request, 429, {}, { 'Retry-After': '1' });
    highlevel.answers(request, 404, { statusCode: 404, message: 'Note not found' });
    expect(await failure(go())).toMatchObject({ code: 'NotFound', status: 404 });
  });

  test('fails if the record is not found the first time', async () => {
    highlevel.answers(request, 404, { statusCode: 404, message: 'Note not found' });
    expect(await failure(go())).toMatchObject({ code: 'NotFound', status: 404 });
  });
});

describe('Timeout', () => {
  const asked: number[] = [];
  /** The real timeout of the first attempt; a request that gets a response may be slow on a busy machine. */
  let patience: number;
  beforeEach(() => {
    asked.length = 0;
    patience = 50;
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      asked.push(ms);
      return timeout(asked.length === 1 ? patience : 10_000);
    });
  });

  test('after 10 seconds, then a read is retried', async () => {
    highlevel.hangs(`GET ${NOTES}`);
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
    expect(await findNotes()).toEqual([]);
    expect(asked).toEqual([10_000, 10_000]);
  });

  test('of a new note is an unknown outcome: no retry, but a lookup', async () => {
    highlevel.hangs(`POST ${NOTES}`);
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
    expect(await failure(createNote())).toMatchObject({
      code: 'Uncertain',
      message: expect.stringContaining('HighLevel did not respond in time. The note is not in HighLevel yet'),
    });
    expect(asked).toEqual([10_000, 10_000]);
    expect(highlevel.sent.map(({ request }) => request)).toEqual([`POST ${NOTES}`, `GET ${NOTES}`]);
  });

  test('of a new note leaves 6 seconds of the run for the lookup', async () => {
    patience = 10_000;
    // A wait after a 429 leaves about 15 of the run's 25 seconds, of which 6 are for the lookup.
    highlevel.answers(`POST ${NOTES}`, 429, {}, { 'Retry-After': '10' });
    highlevel.answers(`POST ${NOTES}`, 502, broken);
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
    await failure(createNote());
    expect(asked[1]).toBeLessThanOrEqual(9_000);
    expect(asked[1]).toBeGreaterThan(7_000);
    expect(asked[2]).toBeLessThanOrEqual(10_000);
    expect(asked[2]).toBeGreaterThan(9_000);
  });

  test('never exceeds the time left in the run', async () => {
    patience = 10_000;
    // Two waits after a 429 leave about 5 of the run's 25 seconds.
    for (const _ of [1, 2]) highlevel.answers(`GET ${NOTES}`, 429, {}, { 'Retry-After': '10' });
    highlevel.answers(`GET ${NOTES}`, 200, { notes: [] });
    await findNotes();
    expect(asked[2]).toBeLessThanOrEqual(5_000);
    expect(asked[2]).toBeGreaterThan(3_000);
  });
});

test('a request without time left is not sent, and Zapier runs the step again', async () => {
  const clock = jest.spyOn(Date, 'now');
  const now = clock.getMockImplementation() ?? Date.now;
  let slow = 0;
  clock.mockImplementation(() => now() + slow);
  highlevel.answers('POST /contacts/upsert', 200, {
    toJSON: () => {
      slow = 24_000;
      return { contact: { id: CONTACT } };
    },
  });
  const input = { email: 'jane@example.com', tags: ['vip'] };
  expect(await failure(run('creates', 'create_or_update_contact', input))).toEqual({
    kind: 'ThrottledError',
    message:
      'HighLevel was slow or busy, and there was no time left for the rest of this step. Zapier will try this step again.',
    delay: 10,
  });
  expect(highlevel.sent).toHaveLength(1);
});

test('HighLevel’s temporary search error is retried', async () => {
  const fault = { statusCode: 400, message: 'Error occurred while searching for contact', traceId: 't' };
  highlevel.answers('POST /contacts/search', 400, fault);
  highlevel.answers('POST /contacts/search', 200, { contacts: [{ id: CONTACT }] });
  const found = await run('searches', 'find_contact', { query: 'Jane' });
  expect(found).toMatchObject([{ id: CONTACT }]);
  expect(highlevel.sent).toHaveLength(2);
  expect(highlevel.sent[0]?.body).toMatchObject({ locationId: LOCATION });
});
