import { connection, failure, highLevel, LOCATION, record, run } from '../../support/app.ts';

const highlevel = highLevel();
const FORMS = 'GET /forms/submissions';
const SURVEYS = 'GET /surveys/submissions';
const FIELDS = `GET /locations/${LOCATION}/customFields`;
const NOON = Date.parse('2026-01-28T12:00:00Z');
const atNoon = { Date: new Date(NOON).toUTCString() };
const noQuestions = { customFields: [] };
const row = (id: string, more: object = {}) => ({
  id,
  contactId: 'c1',
  createdAt: new Date(NOON - 60_000).toISOString(),
  formId: 'f1',
  name: 'Jane Doe',
  email: 'jane@example.com',
  others: { phone: '+14155550132' },
  ...more,
});
const ids = (found: unknown) =>
  Array.isArray(found) ? found.map((one: unknown) => String(record(one).id)) : [];
const rows = (from: number, count = 100) =>
  Array.from({ length: count }, (_, index) => row(`s${from + index}`));

let now = NOON;
beforeEach(() => {
  now = NOON;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});

describe('New Form Submission', () => {
  const query = { locationId: LOCATION, page: '1', limit: '100', startAt: '2026-01-27', endAt: '2026-01-29' };

  test('reads every page from yesterday to tomorrow, in whatever order', async () => {
    highlevel.answers(FORMS, 200, { submissions: rows(0), meta: { total: 150, nextPage: 2 } }, atNoon);
    const old = row('old', { createdAt: '2026-01-27T08:00:00Z' });
    highlevel.answers(
      FORMS,
      200,
      { submissions: [old, ...rows(100, 49)], meta: { total: 150, nextPage: null } },
      atNoon,
    );
    highlevel.answers(FIELDS, 200, noQuestions);
    const found = ids(await run('triggers', 'new_form_submission', { formId: 'f1' }));
    expect(found).toHaveLength(149);
    expect(found).not.toContain('old');
    const forms = highlevel.sent.filter(({ request }) => request === FORMS);
    expect(forms.map((one) => one.query)).toEqual([
      { ...query, formId: 'f1' },
      { ...query, formId: 'f1', page: '2' },
    ]);
  });

  test('reads on by the total, or by a full page, where HighLevel gives no next page', async () => {
    highlevel.answers(FORMS, 200, { submissions: rows(0, 20), meta: { total: 40 } }, atNoon);
    highlevel.answers(FORMS, 200, { submissions: rows(20, 20), meta: { total: 40 } }, atNoon);
    highlevel.answers(FIELDS, 200, noQuestions);
    expect(ids(await run('triggers', 'new_form_submission', {}))).toHaveLength(40);
    highlevel.answers(FORMS, 200, { submissions: rows(0) }, atNoon);
    highlevel.answers(FORMS, 200, { submissions: rows(100, 1) }, atNoon);
    highlevel.answers(FIELDS, 200, noQuestions);
    expect(ids(await run('triggers', 'new_form_submission', {}))).toHaveLength(101);
  });

  test('looks back to the last poll, and reads the days since then', async () => {
    const zap = connection();
    const poll = () => zap.run('triggers', 'new_form_submission', { formId: 'f1' });
    const answered = (submissions: object[]) =>
      highlevel.answers(
        FORMS,
        200,
        { submissions, meta: { total: submissions.length } },
        {
          Date: new Date(now).toUTCString(),
        },
      );
    answered([]);
    expect(await poll()).toEqual([]);
    now = NOON + 5 * 3_600_000;
    answered([
      row('since', { createdAt: '2026-01-28T12:30:00Z' }),
      row('before', { createdAt: '2026-01-28T11:30:00Z' }),
    ]);
    highlevel.answers(FIELDS, 200, noQuestions);
    expect(ids(await poll())).toEqual(['since']);
    // Off for three days: a day back, and the days of all time zones.
    now = NOON + 72 * 3_600_000;
    answered([]);
    expect(await poll()).toEqual([]);
    const forms = highlevel.sent.filter(({ request }) => request === FORMS);
    expect(forms.map((one) => one.query?.startAt)).toEqual(['2026-01-27', '2026-01-27', '2026-01-29']);
  });

  test('stops at a page that repeats the last one', async () => {
    for (const nextPage of [2, 3])
      highlevel.answers(FORMS, 200, { submissions: rows(0), meta: { nextPage } }, atNoon);
    highlevel.answers(FIELDS, 200, noQuestions);
    expect(ids(await run('triggers', 'new_form_submission', {}))).toHaveLength(100);
  });

  test('returns no part of more than 20 pages, even if HighLevel does not say how many there are', async () => {
    // The newest day, which is read alone then, is the same here.
    for (let page = 0; page < 40; page++)
      highlevel.answers(FORMS, 200, { submissions: rows(page * 100), meta: { nextPage: (page % 20) + 2 } });
    now = NOON + 8 * 3_600_000;
    const { message } = await failure(run('triggers', 'new_form_submission', {}));
    expect(message).toContain('There are more than 2,000 form submissions a day');
  });

  test('fills the table of known submissions with their ids alone', async () => {
    highlevel.answers(
      FORMS,
      200,
      { submissions: [row('s1'), row('s2', { createdAt: '2026-01-27T08:00:00Z' })], meta: {} },
      atNoon,
    );
    const known = await run('triggers', 'new_form_submission', {}, { isPopulatingDedupe: true });
    expect(known).toEqual([{ id: 's1' }, { id: 's2' }]);
    expect(highlevel.sent).toHaveLength(1);
  });

  test('reads the newest day alone where there are more than 20 pages, else asks for a form', async () => {
    const many = { submissions: rows(0), meta: { total: 2_001, nextPage: 2 } };
    now = NOON + 8 * 3_600_000;
    highlevel.answers(FORMS, 200, many);
    highlevel.answers(FORMS, 200, { submissions: [row('s1')], meta: { total: 1, nextPage: null } });
    expect(ids(await run('triggers', 'new_form_submission', {}, { isPopulatingDedupe: true }))).toEqual([
      's1',
    ]);
    now = NOON;
    highlevel.answers(FORMS, 200, many);
    const { message } = await failure(run('triggers', 'new_form_submission', {}));
    expect(message).toContain(
      'There are more than 2,000 form submissions a day, too many to read at each poll. Choose a form, so that this trigger watches fewer of them.',
    );
    expect(highlevel.sent.map((one) => one.query?.startAt)).toEqual([
      '2026-01-27',
      '2026-01-28',
      '2026-01-27',
    ]);
  });

  test('names questions by custom fields and in words, and leaves out what nobody answered', async () => {
    const others = {
      cf1: 500,
      cf2: { a1: { url: 'https://files.example.com/a.pdf', meta: {} } },
      cf3: null,
      first_name: ' Jane ',
      terms: true,
      'Do you agree?': ['Yes', 'Maybe'],
      eventData: { page: { url: 'https://example.com/form' } },
      fieldsOriSequance: ['cf2', 'gone', 'cf1'],
      ip: '127.0.0.1',
      signatureHash: 'x',
    };
    highlevel.answers(FORMS, 200, { submissions: [row('s1', { others })], meta: {} }, atNoon);
    highlevel.answers(FIELDS, 200, {
      customFields: [
        { id: 'cf1', name: 'Budget' },
        { id: 'cf2', name: 'Budget' },
        { id: 'cf3', name: 'Blank' },
      ],
    });
    const [found] = [await run('triggers', 'new_form_submission', {})].flat();
    expect(found).toMatchObject({
      contactName: 'Jane Doe',
      contactEmail: 'jane@example.com',
      formId: 'f1',
      pageUrl: 'https://example.com/form',
      answers: {
        Budget: 'https://files.example.com/a.pdf',
        'Budget 2': '500',
        'First Name': 'Jane',
        Terms: 'true',
        'Do you agree?': 'Yes, Maybe',
      },
    });
  });
});

test('New Survey Submission asks for surveys', async () => {
  highlevel.answers(SURVEYS, 200, { submissions: [{ ...row('s1'), surveyId: 'v1' }], meta: {} }, atNoon);
  highlevel.answers(FIELDS, 200, noQuestions);
  expect(await run('triggers', 'new_survey_submission', { surveyId: 'v1' })).toMatchObject([
    { id: 's1', surveyId: 'v1', fields: [{ question: 'Phone', answer: '+14155550132' }] },
  ]);
  expect(highlevel.sent[0]?.query).toMatchObject({ surveyId: 'v1' });
});

test('loads a sample from the last month, with one page', async () => {
  highlevel.answers(FORMS, 200, { submissions: rows(0), meta: { total: 900, nextPage: 2 } }, atNoon);
  highlevel.answers(FIELDS, 200, noQuestions);
  const found = await run('triggers', 'new_form_submission', {}, { isLoadingSample: true });
  expect(ids(found)).toHaveLength(3);
  expect(highlevel.sent[0]?.query).toMatchObject({ startAt: '2025-12-29', page: '1' });
});
