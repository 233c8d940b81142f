import { CONTACT, failure, highLevel } from '../../support/app.ts';
import { contactFields, good, knowing, location, noteText, paths, taskText } from './lead.ts';

const highlevel = highLevel();
const requests = () => highlevel.sent.map(({ request }) => request);
const there = { contact: { id: CONTACT, ...contactFields, name: 'John Smith', tags: ['jivochat'] } };
/** HighLevel's responses to a replay after 5 minutes: the contact, and which of its records exist. */
const again = (notes: object[], tasks: object[]) => {
  highlevel.passes(5 * 60_000);
  highlevel.answers(paths.create, 400, {
    statusCode: 400,
    message: 'This location does not allow duplicated contacts.',
    meta: { contactId: CONTACT, matchingField: 'email' },
  });
  highlevel.answers(paths.read, 200, there);
  highlevel.answers(paths.notes, 200, { notes });
  highlevel.answers(paths.tasks, 200, { tasks });
  highlevel.sent.length = 0;
};

/** Responses to creating a contact that leave its outcome unknown. */
const unknownOutcomes = [
  ['a 502', () => highlevel.answers(paths.create, 502, { statusCode: 502, message: 'Bad Gateway' })],
  ['a broken connection', () => highlevel.breaks(paths.create)],
  ['an answer that cannot be read', () => highlevel.answers(paths.create, 201, '<html>')],
] as const;

describe.each(unknownOutcomes)('Create contact with an unknown outcome: %s', (_name, answer) => {
  test('is not retried; the contact is looked up and the rest completed', async () => {
    const capture = await knowing(highlevel);
    answer();
    highlevel.answers(paths.duplicate, 200, { contact: { id: CONTACT } });
    highlevel.answers(paths.read, 200, there);
    highlevel.answers(paths.notes, 200, { notes: [] });
    highlevel.answers(paths.note, 201, good.note);
    expect(await capture()).toMatchObject({ contact: { id: CONTACT }, note: { id: 'n1' }, warnings: [] });
    expect(requests()).toEqual([paths.create, paths.duplicate, paths.read, paths.notes, paths.note]);
  });

  test('without a match in the lookup, the error says that a replay is safe', async () => {
    const capture = await knowing(highlevel);
    answer();
    highlevel.answers(paths.duplicate, 200, { contact: null });
    const { kind, code, message } = await failure(capture());
    expect({ kind, code }).toEqual({ kind: 'AppError', code: 'Uncertain' });
    expect(message).toMatch(
      /^HighLevel did not confirm the request to create the contact: .+\. The contact is not in HighLevel yet, but may still appear there\. Replay this step in a few minutes: it looks in HighLevel first, so nothing is written a second time\.$/,
    );
    expect(requests()).toEqual([paths.create, paths.duplicate]);
  });

  test('a replay looks first, and creates it once if it is still missing a minute later', async () => {
    const capture = await knowing(highlevel);
    answer();
    for (const _ of [1, 2, 3]) highlevel.answers(paths.duplicate, 200, { contact: null });
    await failure(capture());
    expect((await failure(capture())).code).toBe('Uncertain');
    expect(requests()).toEqual([paths.create, paths.duplicate, paths.duplicate]);

    highlevel.passes(60_000);
    highlevel.answers(paths.create, 201, good.create);
    highlevel.answers(paths.note, 201, good.note);
    highlevel.sent.length = 0;
    expect(await capture()).toMatchObject({ isNew: true });
    expect(requests()).toEqual([paths.duplicate, paths.create, paths.note]);
  });
});

test('a timeout on creating the contact does not create a second one', async () => {
  const capture = await knowing(highlevel);
  jest.spyOn(AbortSignal, 'timeout').mockImplementationOnce(() => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 60);
    return stop.signal;
  });
  highlevel.hangs(paths.create);
  highlevel.answers(paths.duplicate, 200, { contact: { id: CONTACT } });
  highlevel.answers(paths.read, 200, there);
  highlevel.answers(paths.notes, 200, { notes: [{ id: 'n1', body: noteText }] });
  expect(await capture()).toMatchObject({ contact: { id: CONTACT } });
  expect(requests().filter((request) => request === paths.create)).toHaveLength(1);
});

test('a replay in a sub-account that allows duplicates looks up the contact first', async () => {
  const capture = await knowing(highlevel, location(true));
  highlevel.answers(paths.duplicate, 200, { contact: null });
  highlevel.answers(paths.create, 500, {});
  highlevel.answers(paths.duplicate, 200, { contact: null });
  await failure(capture());
  highlevel.answers(paths.duplicate, 200, { contact: { id: CONTACT } });
  highlevel.answers(paths.read, 200, there);
  highlevel.answers(paths.notes, 200, { notes: [] });
  highlevel.answers(paths.note, 201, good.note);
  highlevel.sent.length = 0;
  expect(await capture()).toMatchObject({ isNew: false });
  expect(requests()).toEqual([paths.duplicate, paths.read, paths.notes, paths.note]);
});

test('a 429 on creating the contact is retried', async () => {
  const capture = await knowing(highlevel);
  highlevel.answers(paths.create, 429, {}, { 'Retry-After': '1' });
  highlevel.answers(paths.create, 201, good.create);
  highlevel.answers(paths.note, 201, good.note);
  expect(await capture()).toMatchObject({ isNew: true });
  expect(highlevel.waits).toHaveLength(1);
});

test('a duplicate that HighLevel neither names nor returns is an error', async () => {
  const capture = await knowing(highlevel);
  const message = 'This location does not allow duplicated contacts.';
  highlevel.answers(paths.create, 400, { statusCode: 400, message });
  highlevel.answers(paths.duplicate, 200, {});
  const { kind, message: said } = await failure(capture());
  expect(kind).toBe('AppError');
  expect(said).toMatch(/say which contact it is, and finds none/);
});

test.each([
  ['without a word about email and phone', ['firstName must be a string']],
  ['for email and phone', ['email must be an email', 'phone must be a valid phone number']],
])('a contact that is refused %s is an error, and no note or task is sent', async (_, message) => {
  const capture = await knowing(highlevel);
  highlevel.answers(paths.create, 422, { statusCode: 422, message });
  const failed = await failure(capture({ createTask: 'always' }));
  expect(failed).toMatchObject({ kind: 'AppError', code: 'Refused' });
  expect(failed.message).toContain(`HighLevel says: "${message.join('; ')}"`);
  expect(requests()).toEqual([paths.create]);
});

describe('Failures after the contact was written', () => {
  const begins = /^The contact was saved in HighLevel, but not everything that belongs to it\. /;
  const ends = / Replay this step: it completes what is missing and repeats nothing\.$/;
  const broken = { statusCode: 500, message: 'Internal Server Error' };

  test.each([
    ['note', 'create the note', [], [{ id: 't1', body: taskText }], [paths.notes, paths.note]],
    ['task', 'create the task', [{ id: 'n1', body: noteText }], [], [paths.tasks, paths.task]],
  ] as const)(
    'a %s: the error says so, and the replay completes only that',
    async (part, does, notes, tasks, completed) => {
      const list = part === 'note' ? 'notes' : 'tasks';
      const capture = await knowing(highlevel);
      highlevel.answers(paths.create, 201, good.create);
      for (const name of ['note', 'task'] as const)
        highlevel.answers(paths[name], name === part ? 500 : 201, name === part ? broken : good[name]);
      highlevel.answers(paths[list], 200, good[list]);
      const { code, message } = await failure(capture({ createTask: 'always' }));
      expect(code).toBe('Uncertain');
      expect(message).toMatch(begins);
      expect(message).toContain(`HighLevel did not confirm the request to ${does}`);
      expect(message).toMatch(ends);

      expect(requests().filter((request) => request === paths[part])).toHaveLength(1);
      expect(requests().at(-1)).toBe(paths[list]);

      again([...notes], [...tasks]);
      // An unconfirmed write is looked for once more right before it is repeated.
      highlevel.answers(paths[list], 200, good[list]);
      highlevel.answers(paths[part], 201, good[part]);
      expect(await capture({ createTask: 'always' })).toMatchObject({
        isNew: false,
        [part]: { id: expect.anything() },
      });
      expect(requests()).toEqual([paths.create, paths.read, paths.notes, paths.tasks, ...completed]);
    },
  );

  test('note and task both fail: the error names both', async () => {
    const capture = await knowing(highlevel);
    highlevel.answers(paths.create, 201, good.create);
    highlevel.answers(paths.note, 500, broken);
    highlevel.answers(paths.notes, 200, good.notes);
    highlevel.answers(paths.task, 422, { statusCode: 422, message: ['assignedTo is not a user'] });
    const { message } = await failure(capture({ createTask: 'always' }));
    expect(message).toMatch(begins);
    expect(message).toContain('create the note');
    expect(message).toContain('assignedTo is not a user');
  });

  test('a note that was created despite its 502 is not created twice on replay', async () => {
    const capture = await knowing(highlevel);
    highlevel.answers(paths.create, 201, good.create);
    highlevel.breaks(paths.note);
    highlevel.answers(paths.notes, 200, good.notes);
    await failure(capture());
    again([{ id: 'n1', body: noteText }], [{ id: 't1', body: taskText }]);
    await capture({ createTask: 'always' });
    expect(requests()).toEqual([paths.create, paths.read, paths.notes, paths.tasks]);
  });

  test('a note that appears by the time of the lookup is used', async () => {
    const capture = await knowing(highlevel);
    highlevel.answers(paths.create, 201, good.create);
    highlevel.breaks(paths.note);
    highlevel.answers(paths.notes, 200, { notes: [{ id: 'n1', body: noteText }] });
    expect(await capture()).toMatchObject({ isNew: true, note: { id: 'n1' } });
    expect(requests()).toEqual([paths.create, paths.note, paths.notes]);
  });

  test('a note that appears with fewer messages is updated', async () => {
    const capture = await knowing(highlevel);
    const early = noteText.replace('Messages: 2', 'Messages: 1');
    highlevel.answers(paths.create, 201, good.create);
    highlevel.breaks(paths.note);
    highlevel.answers(paths.notes, 200, { notes: [{ id: 'n1', body: early }] });
    highlevel.answers(paths.changeNote, 200, good.changeNote);
    expect(await capture()).toMatchObject({ note: { id: 'n1', body: noteText } });
    expect(requests()).toEqual([paths.create, paths.note, paths.notes, paths.changeNote]);
  });

  test('a rate limit is left to Zapier, which runs the step again', async () => {
    const capture = await knowing(highlevel);
    highlevel.answers(paths.create, 201, good.create);
    highlevel.answers(
      paths.note,
      429,
      {},
      { 'X-RateLimit-Daily-Remaining': '0', 'X-RateLimit-Daily-Reset': '60000' },
    );
    highlevel.answers(paths.task, 500, broken);
    highlevel.answers(paths.tasks, 200, good.tasks);
    const { kind, delay } = await failure(capture({ createTask: 'always' }));
    expect({ kind, delay }).toEqual({ kind: 'ThrottledError', delay: 60 });
  });
});
