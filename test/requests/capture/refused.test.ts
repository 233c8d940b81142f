import { CONTACT, connection, failure, fullAccess, highLevel, App } from '../../support/app.ts';
import { finished } from '../../support/jivochat/samples.ts';
import { zapierCache } from '../../support/zapier/cache.ts';
import {
  chat,
  contactFields,
  duplicateOf,
  good,
  knowing,
  location,
  newContact,
  noteText,
  paths,
} from './lead.ts';

const highlevel = highLevel();
const USER = '0IHuJvc2ofPAAA8GzTRi';
const all = (...names: (keyof typeof paths)[]) => {
  for (const name of names) highlevel.answers(paths[name], 200, good[name]);
};
const refuses = (name: keyof typeof paths, status: number, message: unknown, more: object = {}) =>
  highlevel.answers(paths[name], status, { statusCode: status, message, ...more });
const bodies = (name: keyof typeof paths) =>
  highlevel.sent.filter(({ request }) => request === paths[name]).map(({ body }) => body);
const without = (key: string, from: object) =>
  Object.fromEntries(Object.entries(from).filter(([name]) => name !== key));
const emailWarning =
  'HighLevel refused the email "email@example.com", so the contact was written without it.';
const phoneWarning =
  'HighLevel refused the phone number "+14084987855", so the contact was written without it.';

describe('A detail that HighLevel refuses', () => {
  test.each([
    [422, ['email must be an email'], 'email', emailWarning],
    [400, 'Invalid email address', 'email', emailWarning],
    [400, 'The phone number is invalid', 'phone', phoneWarning],
    [422, ['phone must be a valid phone number'], 'phone', phoneWarning],
  ])('with %s %j is left out of a new contact, with a warning', async (status, message, detail, warning) => {
    const capture = await knowing(highlevel);
    refuses('create', status, message);
    all('create', 'note');
    expect(await capture()).toMatchObject({ isNew: true, warnings: [warning] });
    expect(bodies('create')).toEqual([newContact, without(detail, newContact)]);
    // The note has both.
    expect(bodies('note')).toEqual([{ body: noteText }]);
  });

  test('is left out of the update of an existing contact, with a warning, and the rest is written', async () => {
    const capture = await knowing(highlevel);
    refuses(
      'create',
      400,
      'This location does not allow duplicated contacts.',
      duplicateOf(CONTACT, 'email'),
    );
    highlevel.answers(paths.read, 200, {
      contact: { id: CONTACT, email: contactFields.email, tags: ['jivochat'] },
    });
    highlevel.answers(paths.notes, 200, { notes: [{ id: 'n1', body: noteText }] });
    refuses('update', 422, ['phone must be a valid phone number']);
    all('update');
    expect(await capture()).toMatchObject({ isNew: false, warnings: [phoneWarning] });
    const { firstName, lastName, source } = contactFields;
    expect(bodies('update')).toEqual([
      { firstName, lastName, source, phone: contactFields.phone },
      { firstName, lastName, source },
    ]);
  });

  test('is left out once: a refusal of the other detail is an error that quotes HighLevel', async () => {
    const capture = await knowing(highlevel);
    refuses('create', 422, ['email must be an email']);
    refuses('create', 422, ['phone must be a valid phone number']);
    const { kind, code, message } = await failure(capture());
    expect({ kind, code }).toEqual({ kind: 'AppError', code: 'Refused' });
    expect(message).toContain('phone must be a valid phone number');
    expect(bodies('create')).toEqual([newContact, without('email', newContact)]);
  });

  test('is left out of the lookup too, where duplicates are allowed', async () => {
    const capture = await knowing(highlevel, location(true));
    refuses('duplicate', 422, ['number must be a valid phone number']);
    all('duplicate');
    refuses('create', 422, ['phone must be a valid phone number']);
    all('create', 'note');
    expect(await capture()).toMatchObject({ isNew: true, warnings: [phoneWarning] });
    expect(highlevel.sent[1]?.query).toEqual({ locationId: expect.anything(), email: 'email@example.com' });
  });

  test.each([
    ['the only one', { 'visitor.phone': null }, ['email must be an email']],
    ['one that is required', {}, ['email or phone is required']],
  ])('that is %s is an error', async (_, changes, message) => {
    const capture = await knowing(highlevel);
    refuses('create', 422, message);
    const { code, message: said } = await failure(
      capture({ payload: JSON.stringify(finished([], changes)) }),
    );
    expect(code).toBe('Refused');
    expect(said).toContain(message[0]);
    expect(bodies('create')).toHaveLength(1);
  });

  test.each([
    ['names the contact', duplicateOf(CONTACT, 'email'), []],
    [
      'names nobody',
      { message: 'This location does not allow duplicated contacts. The email must be unique.' },
      [paths.duplicate],
    ],
  ])('is never left out as a duplicate: the refusal %s', async (_, body, lookups) => {
    const capture = await knowing(highlevel);
    highlevel.answers(paths.create, 400, { statusCode: 400, ...body });
    if (lookups.length > 0) highlevel.answers(paths.duplicate, 200, { contact: { id: CONTACT } });
    all('read');
    highlevel.answers(paths.notes, 200, { notes: [{ id: 'n1', body: noteText }] });
    expect(await capture()).toMatchObject({ isNew: false, contact: { id: CONTACT } });
    expect(bodies('create')).toEqual([newContact]);
  });
});

describe('A refused optional value does not affect the rest', () => {
  const fields = { utmSourceField: 'cfSource', utmMediumField: 'cfMedium' };
  const source = { id: 'cfSource', field_value: 'google' };
  const medium = { id: 'cfMedium', field_value: 'cpc' };

  test.each([
    ['its ID', 400, 'Custom field not found for id: cfSource', [medium]],
    ['its ID, as not found', 404, 'Custom field cfSource not found', [medium]],
    ['its value', 422, 'Invalid custom field value "google"', [medium]],
    ['its place', 422, ['customFields.0.field_value must be a number'], [medium]],
    ['its place in brackets', 422, ['customFields[1].field_value must be a number'], [source]],
    ['nothing', 422, ['Invalid custom field'], undefined],
  ])('a custom field that is refused by %s', async (_, status, message, left) => {
    const capture = await knowing(highlevel);
    refuses('create', status, message);
    all('create');
    expect(await capture({ ...fields, logNote: false })).toMatchObject({
      isNew: true,
      warnings: [expect.stringMatching(/^HighLevel refused .+ custom field/)],
    });
    expect(bodies('create')).toEqual([
      { ...newContact, customFields: [source, medium] },
      { ...newContact, ...(left && { customFields: left }) },
    ]);
  });

  test('the tags', async () => {
    const capture = await knowing(highlevel);
    refuses('create', 422, ['each value in tags must be shorter than or equal to 5 characters']);
    all('create', 'note');
    expect(await capture()).toMatchObject({
      isNew: true,
      warnings: ['HighLevel refused the tags "jivochat", so they were not added to the contact.'],
    });
    expect(bodies('create')[1]).toEqual(without('tags', newContact));
  });

  test.each([
    [422, ['assignedTo must be a valid user']],
    [400, 'User not found'],
    [400, 'The user does not belong to this location'],
    [404, 'Not found'],
  ])('the owner of the task (%s %j)', async (status, message) => {
    const capture = await knowing(highlevel);
    all('create');
    refuses('task', status, message);
    all('task');
    expect(await capture({ logNote: false, createTask: 'always', assignedTo: USER })).toMatchObject({
      task: { id: 't1' },
      warnings: [
        "The task is unassigned because HighLevel didn't accept the chosen user, who may have been removed.",
      ],
    });
    expect(bodies('task')).toEqual([
      expect.objectContaining({ assignedTo: USER }),
      expect.not.objectContaining({ assignedTo: expect.anything() }),
    ]);
  });

  test('a task that is refused because of its title is an error', async () => {
    const capture = await knowing(highlevel);
    all('create');
    refuses('task', 422, ['title should not be empty']);
    const { message } = await failure(capture({ logNote: false, createTask: 'always', assignedTo: USER }));
    expect(message).toContain('title should not be empty');
    expect(bodies('task')).toHaveLength(1);
  });

  const long = finished(
    Array.from({ length: 200 }, (_, index) => ['visitor', `${index} ${'word '.repeat(100)}`]),
  );

  test.each([
    ['named', 'body must be shorter than or equal to 5000 characters', [60_000, 5_000]],
    ['named with a comma', 'The note exceeds the limit of 20,000 characters', [60_000, 20_000]],
    ['not named', 'The note is too long', [60_000, 30_000]],
  ])('the length of the note: a limit that is %s', async (_, message, limits) => {
    const capture = await knowing(highlevel);
    all('create');
    refuses('note', 422, [message]);
    all('note');
    expect(await capture({ payload: JSON.stringify(long) })).toMatchObject({ note: { id: 'n1' } });
    const texts = bodies('note').map((body) => String(Object(body).body));
    for (const [index, limit] of limits.entries()) {
      expect(texts[index]?.length).toBeLessThanOrEqual(limit);
      expect(texts[index]?.length).toBeGreaterThan(limit * 0.8);
      expect(texts[index]).toMatch(/^JivoChat chat[^\0]+Messages: 200\nJivoChat 3948\/7607$/);
    }
  });
});

describe('A contact found by phone number only', () => {
  const anna = {
    id: CONTACT,
    firstName: 'Anna',
    lastName: 'Smith',
    name: 'Anna Smith',
    email: 'anna@example.com',
    phone: '+14084987855',
    source: 'Website',
    tags: ['jivochat'],
  };

  test.each([
    ['fill', 'phone'],
    ['overwrite', 'phone'],
    ['overwrite', undefined],
  ])(
    'keeps its name and email (%s, matched by %s); the new ones are in the note and a warning',
    async (existingContact, field) => {
      const capture = await knowing(highlevel);
      highlevel.answers(paths.create, 400, duplicateOf(CONTACT, field));
      highlevel.answers(paths.read, 200, { contact: anna });
      all('notes', 'note');
      expect(await capture({ existingContact })).toMatchObject({
        contact: { firstName: 'Anna', email: 'anna@example.com' },
        warnings: [
          "The contact with the phone number +14084987855 has another email (anna@example.com), so its name and email were kept. This visitor's are: John Smith, email@example.com.",
        ],
      });
      expect(bodies('note')).toEqual([{ body: noteText }]);
      expect(bodies('update')).toEqual([]);
    },
  );

  test.each([
    ['another name', { firstName: 'Anna', lastName: null, name: 'Anna' }],
    ['no name', { firstName: null, lastName: null, name: null }],
  ])('gets no name if its email differs: it has %s', async (_, name) => {
    const capture = await knowing(highlevel, location(true));
    highlevel.answers(paths.duplicate, 200, { contact: { id: CONTACT } });
    highlevel.answers(paths.read, 200, { contact: { ...anna, ...name } });
    all('notes', 'note');
    await capture({ existingContact: 'overwrite' });
    expect(bodies('update')).toEqual([]);
  });

  test.each([
    ['that email among its additional ones', { additionalEmails: ['Email@example.com'] }],
    ['no email', { email: null }],
  ])('is the same person when it has %s', async (_, changes) => {
    const capture = await knowing(highlevel);
    highlevel.answers(paths.create, 400, duplicateOf(CONTACT, 'phone'));
    highlevel.answers(paths.read, 200, { contact: { ...anna, ...changes } });
    all('notes', 'note', 'update');
    expect(await capture({ existingContact: 'overwrite' })).toMatchObject({ warnings: [] });
    expect(bodies('update')).toEqual([expect.objectContaining({ firstName: 'John' })]);
  });
});

describe('Contact details that cannot be parsed', () => {
  test('are in the note and the warnings, and not used for a lookup', async () => {
    const capture = await knowing(highlevel, location(true));
    all('duplicate', 'create', 'note');
    const payload = JSON.stringify(
      finished([], { 'visitor.email': 'zoe@example..com', 'visitor.phone': '+14155550132 or 415-555-0199' }),
    );
    const { warnings } = Object(await capture({ payload }));
    expect(highlevel.sent[0]?.query).toEqual({ locationId: expect.anything(), number: '+14155550132' });
    expect(bodies('create')).toEqual([expect.not.objectContaining({ email: expect.anything() })]);
    const [{ body }] = Object(bodies('note'));
    expect(body).toContain(
      '\nEmail as typed: zoe@example..com\nPhone as typed: +14155550132 or 415-555-0199\n',
    );
    expect(warnings).toEqual([
      'The visitor typed "zoe@example..com" as the email. Not all of it could be saved in the contact\'s fields.',
      'The visitor typed "+14155550132 or 415-555-0199" as the phone number. Not all of it could be saved in the contact\'s fields.',
    ]);
  });

  test.each(['12345', '1234567890', '0000000000', '5555555555', '111-111-1111'])(
    'never merge two visitors into one contact: %s',
    async (typed) => {
      const capture = await knowing(highlevel, location(true));
      all('duplicate', 'create', 'note');
      await capture({ payload: JSON.stringify(finished([], { 'visitor.phone': typed })) });
      expect(highlevel.sent[0]?.query).toEqual({
        locationId: expect.anything(),
        email: 'email@example.com',
      });
      expect(bodies('create')).toEqual([without('phone', newContact)]);
      const [{ body }] = Object(bodies('note'));
      expect(body).toContain(`\nPhone as typed: ${typed}\n`);
    },
  );
});

describe('A new contact', () => {
  test.each([
    ['throttled', 429, 'ThrottledError'],
    ['refused', 422, 'AppError'],
  ])(
    'whose note was %s is reported as new by the run that completes it, but not by the next',
    async (_, status, kind) => {
      const capture = await knowing(highlevel);
      const dateAdded = new Date().toISOString();
      all('create');
      highlevel.answers(paths.note, status, { message: 'No' }, { 'Retry-After': '60' });
      expect(await failure(capture())).toMatchObject({ kind });
      for (const isNew of [true, false]) {
        highlevel.answers(paths.create, 400, duplicateOf(CONTACT, 'email'));
        highlevel.answers(paths.read, 200, {
          contact: { id: CONTACT, ...contactFields, tags: ['jivochat'], dateAdded },
        });
        highlevel.answers(paths.notes, 200, { notes: isNew ? [] : [{ id: 'n1', body: noteText }] });
        if (isNew) all('note');
        expect(await capture()).toMatchObject({ isNew });
      }
    },
  );
});

describe('Two concurrent runs for a new visitor, with duplicates allowed', () => {
  const payload = JSON.stringify(chat);
  const run = (remembered: object) =>
    connection(fullAccess, App, remembered).run('creates', 'capture_jivochat_lead', { payload });

  test('a run without the claim writes nothing, and Zapier runs it again in 15 seconds', async () => {
    const claims = {};
    const [first, second] = [zapierCache(claims), zapierCache(claims)];
    highlevel.answers(paths.location, 200, location(true));
    highlevel.answers(paths.location, 200, location(true));
    all('duplicate', 'create', 'note');
    await run(first);
    // The other run looked before the contact was there.
    highlevel.answers(paths.duplicate, 200, good.duplicate);
    expect(await failure(run(second))).toMatchObject({ kind: 'ThrottledError', delay: 15 });
    expect(bodies('create')).toHaveLength(1);
  });

  test('a run that gets the claim of one detail only releases it', async () => {
    const claims = {};
    const lead = (details: object) => ({
      payload: JSON.stringify({ ...chat, visitor: { number: '1', ...details } }),
    });
    const capture = (details: object) =>
      connection(fullAccess, App, zapierCache(claims)).run('creates', 'capture_jivochat_lead', lead(details));
    for (const _ of [1, 2, 3]) highlevel.answers(paths.location, 200, location(true));
    all('duplicate', 'create', 'note');
    await capture({ phone: '+14155550199' });
    // The phone number is claimed, so the email must not stay claimed.
    all('duplicate');
    const both = capture({ email: 'ann@example.com', phone: '+14155550199' });
    expect(await failure(both)).toMatchObject({ kind: 'ThrottledError', delay: 15 });
    all('duplicate', 'create', 'note');
    expect(await capture({ email: 'ann@example.com' })).toMatchObject({ isNew: true });
    expect(bodies('create')).toHaveLength(2);
  });

  test.each([
    ['throttled', 429],
    ['refused', 422],
  ])('a run that was %s while creating the contact releases its claim', async (_, status) => {
    const remembered = zapierCache();
    highlevel.answers(paths.location, 200, location(true));
    all('duplicate');
    highlevel.answers(paths.create, status, { message: 'No' }, { 'Retry-After': '60' });
    await failure(run(remembered));
    all('duplicate', 'create', 'note');
    expect(await run(remembered)).toMatchObject({ isNew: true });
  });

  test('a run with an unknown outcome keeps its claim', async () => {
    const remembered = zapierCache();
    highlevel.answers(paths.location, 200, location(true));
    all('duplicate');
    highlevel.answers(paths.create, 503, { message: 'No' });
    all('duplicate');
    expect((await failure(run(remembered))).code).toBe('Uncertain');
    all('duplicate');
    expect(await failure(run(remembered))).toMatchObject({ kind: 'ThrottledError', delay: 15 });
    expect(bodies('create')).toHaveLength(1);
  });

  test('without a working cache, a lead is still written', async () => {
    const broken = new Proxy({}, { set: () => false, has: () => false });
    highlevel.answers(paths.location, 200, location(true));
    // Each write is preceded by a look, because no earlier try can be remembered.
    all('duplicate', 'duplicate', 'create', 'notes', 'note');
    expect(await run(broken)).toMatchObject({ isNew: true });
  });
});

test('a lead is captured even if the sub-account cannot be read', async () => {
  for (const [status, body] of [
    [404, { message: 'Not found' }],
    [200, '<html>'],
  ] as const) {
    highlevel.sent.length = 0;
    // What cannot be read is asked for again.
    for (const _ of Array.from({ length: status === 200 ? 4 : 1 }))
      highlevel.answers(paths.location, status, body);
    all('duplicate', 'create', 'note');
    expect(
      await connection().run('creates', 'capture_jivochat_lead', { payload: JSON.stringify(chat) }),
    ).toMatchObject({ isNew: true, warnings: [] });
  }
});
