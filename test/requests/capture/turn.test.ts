import { CONTACT, connection, failure, highLevel } from '../../support/app.ts';
import { finished } from '../../support/jivochat/samples.ts';
import { chat, duplicateOf, good, knowing, paths } from './lead.ts';

const highlevel = highLevel();
const requests = () => highlevel.sent.map(({ request }) => request);
const all = (...names: (keyof typeof good)[]) => {
  for (const name of names) highlevel.answers(paths[name], name.startsWith('create') ? 201 : 200, good[name]);
};
const another = {
  payload: JSON.stringify({ ...finished([['visitor', 'Hi']]), chat_id: 7608 }),
  chatId: '7608',
};

/** A lead whose note is refused for the rate limit. */
async function stopped(capture?: Awaited<ReturnType<typeof knowing>>, chatId = '7607') {
  const run = capture ?? (await knowing(highlevel));
  all('create');
  highlevel.answers(paths.note, 429, {}, { 'Retry-After': '60' });
  const payload = JSON.stringify({ ...chat, chat_id: Number(chatId) });
  expect(await failure(run({ payload, chatId }))).toMatchObject({ kind: 'ThrottledError' });
  highlevel.sent.length = 0;
  return run;
}

describe('While the rate limit stops a lead', () => {
  test('another lead waits, without a request, as long as the lead before needs', async () => {
    const capture = await stopped();
    expect(await failure(capture(another))).toMatchObject({ kind: 'ThrottledError', delay: 15 });
    highlevel.passes(10_000);
    expect(await failure(capture(another))).toMatchObject({ kind: 'ThrottledError', delay: 5 });
    expect(requests()).toEqual([]);
  });

  test('no other lead goes on before the stopped one may', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.9);
    const capture = await knowing(highlevel);
    all('create');
    for (const _ of [1, 2, 3]) highlevel.answers(paths.note, 429, {});
    expect(await failure(capture())).toMatchObject({ kind: 'ThrottledError', delay: 13 });
    expect(await failure(capture(another))).toMatchObject({ kind: 'ThrottledError', delay: 13 });
    highlevel.passes(12_900);
    expect(await failure(capture(another))).toMatchObject({ kind: 'ThrottledError', delay: 1 });
  });

  test('nor when a step that is refused later waits for a shorter time', async () => {
    const zap = connection();
    const capture = await stopped(await knowing(highlevel, undefined, undefined, zap));
    highlevel.answers(paths.notes, 429, {}, { 'Retry-After': '0' });
    all('notes');
    await zap.run('searches', 'find_notes', { contactId: CONTACT });
    highlevel.sent.length = 0;
    expect(await failure(capture(another))).toMatchObject({ kind: 'ThrottledError', delay: 15 });
    expect(requests()).toEqual([]);
  });

  test('the lead itself goes on at its next run', async () => {
    const capture = await stopped();
    highlevel.answers(paths.create, 400, duplicateOf(CONTACT, 'email'));
    all('read', 'notes', 'note');
    expect(await capture()).toMatchObject({ note: { id: 'n1' } });
    expect(requests()).toEqual([paths.create, paths.read, paths.notes, paths.note]);
  });

  test('a lead whose own lookups were stopped goes on in the same run', async () => {
    highlevel.answers(paths.location, 429, {}, { 'Retry-After': '1' });
    all('location', 'create', 'note');
    const input = { payload: JSON.stringify(chat), chatId: '7607' };
    expect(await connection().run('creates', 'capture_jivochat_lead', input)).toMatchObject({ isNew: true });
  });

  test('another lead goes on 15 seconds later', async () => {
    const capture = await stopped();
    highlevel.passes(15_000);
    all('create', 'note');
    expect(await capture(another)).toMatchObject({ isNew: true });
  });

  test('no lead waits longer than an hour', async () => {
    const capture = await stopped();
    expect(await failure(capture(another))).toMatchObject({ kind: 'ThrottledError', delay: 15 });
    highlevel.passes(3_000_000);
    await stopped(capture, '7609');
    expect(await failure(capture(another))).toMatchObject({ kind: 'ThrottledError', delay: 15 });
    highlevel.passes(600_000);
    await stopped(capture, '7610');
    all('create', 'note');
    expect(await capture(another)).toMatchObject({ isNew: true });
  });
});
