import app from '../../../index.ts';
import { isObject } from '../../../lib/base/json.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { accountOf } from '../../support/zapier/connect.ts';
import { Zapier } from '../../support/zapier/zapier.ts';

jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

let sandbox: Sandbox;
let contactId: string;
let taskId: string;

const connected = (jivoChatChannelSecret: string) => {
  const { authData, environment } = accountOf(sandbox);
  return new Zapier(app, {
    authData: { ...authData, jivoChatChannelSecret },
    environment,
    timezone: 'Europe/Berlin',
  });
};
const send = (input: Record<string, unknown>) =>
  connected(sandbox.jivoChannelUrl).create('send_jivochat_update', input);
const arrived = () =>
  sandbox.store.jivoMessages.map(({ sender, message }) => ({
    sender,
    message: isObject(message) ? message : {},
  }));

beforeEach(async () => {
  sandbox = await startSandbox();
  const task = [...sandbox.store.tasks.values()].find(({ completed }) => !completed);
  [contactId, taskId] = [task?.contactId ?? '', task?.id ?? ''];
});
afterEach(() => sandbox.close());

describe('Send Update to JivoChat', () => {
  test('describes a task: title, state, due date and link', async () => {
    Object.assign(sandbox.store.tasks.get(taskId) ?? {}, {
      title: 'Call Jane',
      body: '',
      dueDate: '2026-07-01T08:00:00Z',
    });
    await send({ contactId, taskId });
    expect(arrived()[0]?.message.text).toBe(
      `Task "Call Jane" is open, due 2026-07-01 10:00.\n\nIn HighLevel: https://app.gohighlevel.com/v2/location/${sandbox.locationId}/contacts/detail/${contactId}`,
    );
  });

  test('converts HTML from HighLevel’s editor to text', async () => {
    const body = '<p>She asked for <b>prices</b>&nbsp;&amp; dates.</p><ul><li>Call&#39;s at 5</li></ul>';
    Object.assign(sandbox.store.tasks.get(taskId) ?? {}, { title: 'Call Jane', body, completed: true });
    const note = { id: 'n1', contactId, body, dateAdded: '2026-01-28T09:12:41.809Z' };
    sandbox.store.notes.set('n1', note);
    await send({ contactId, taskId, noteId: 'n1' });
    const text = "She asked for prices & dates.\n- Call's at 5";
    expect(arrived()[0]?.message.text).toMatch(
      `Task "Call Jane" is completed.\n${text}\n\nNote: ${text}\n\nIn HighLevel: `,
    );
  });

  test('is sent even if the sub-account cannot be read, with the time labeled as UTC', async () => {
    const due = { title: 'Call Jane', body: '', dueDate: '2026-07-01T08:00:00Z' };
    Object.assign(sandbox.store.tasks.get(taskId) ?? {}, due);
    sandbox.fail({ fault: 'location record unreadable', times: 4 });
    const { authData, environment } = accountOf(sandbox);
    await new Zapier(app, { authData, environment }).create('send_jivochat_update', { contactId, taskId });
    expect(arrived()[0]?.message.text).toMatch('Task "Call Jane" is open, due 2026-07-01 08:00 UTC.');
  });

  test('uses the same sender for every update of a contact', async () => {
    await send({ contactId, taskId });
    await send({ contactId, text: 'Paid.' });
    const [first, second] = arrived();
    expect(second?.sender).toEqual(first?.sender);
    expect(first?.sender).toMatchObject({
      id: `highlevel-${contactId}`,
      name: expect.stringMatching(/^HighLevel: /),
    });
  });

  test('uses the same message id for the same content, and another for other content', async () => {
    for (const text of ['Paid.', 'Paid.', 'Paid twice.']) await send({ contactId, text });
    const [first, again, other] = arrived().map(({ message }) => message.id);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test('sends a free text without a contact', async () => {
    await send({ text: 'Closed on Monday.' });
    expect(arrived()).toMatchObject([
      { sender: { name: 'HighLevel' }, message: { text: 'Closed on Monday.' } },
    ]);
    expect(sandbox.log.filter(({ path }) => !path.startsWith('/jivo'))).toEqual([]);
  });

  test('never sends HighLevel’s token to JivoChat', async () => {
    await send({ text: 'Hello' });
    expect(sandbox.log.at(-1)?.headers.authorization).toBeUndefined();
  });

  test('rejects missing input before any request', async () => {
    await expect(send({})).rejects.toThrow(/Please fill in .+Message.+, .+Task.+, or .+Note/);
    await expect(send({ taskId })).rejects.toThrow(/Please fill in .+Contact/);
    expect(sandbox.log).toEqual([]);
  });

  test.each([
    ['is missing', '', /has no JivoChat channel/],
    ['leads elsewhere', 'https://example.com/abc', /its host must end in .jivosite.com/],
    ['only looks right', 'https://evil-jivosite.com/abc', /its host must end in .jivosite.com/],
    ['is not safe', 'http://wh.jivosite.com/abc', /must begin with https/],
    ['has a query', 'https://wh.jivosite.com/abc/def?x=1', /right URL/],
    ['has an empty query', 'https://wh.jivosite.com/abc/def?', /right URL/],
    ['has a fragment', 'https://wh.jivosite.com/abc/def#top', /right URL/],
    ['has an empty fragment', 'https://wh.jivosite.com/abc/def#', /right URL/],
  ])('explains that the channel URL %s, before any request', async (_, url, words) => {
    await expect(connected(url).create('send_jivochat_update', { text: 'Hello' })).rejects.toThrow(words);
    expect(sandbox.log).toEqual([]);
  });

  test('quotes the reason when JivoChat refuses, without the URL', async () => {
    sandbox.fail({ path: '/jivo/', kind: 'html', status: 400 });
    const failed = await send({ text: 'Hello' }).catch((error: unknown) => String(error));
    expect(failed).toContain('JivoChat did not accept the update');
    expect(failed).not.toContain(sandbox.jivoChannelUrl);
    expect(sandbox.log).toHaveLength(1);
  });

  test.each([
    [{ kind: 'html' as const, status: 400 }, 'a page'],
    [{ status: 400, body: { error: 'No' } }, 'JSON'],
    [{ status: 401 }, 'a 401, which has nothing to do with HighLevel'],
  ])('does not quote %j, which is %s', async (fault, _what) => {
    sandbox.fail({ path: '/jivo/', ...fault });
    await expect(send({ text: 'Hello' })).rejects.toThrow(
      /JivoChat did not accept the update\. Check the channel URL/,
    );
    expect(sandbox.log).toHaveLength(1);
  });

  test('leaves a 429 to Zapier, which runs the step again', async () => {
    sandbox.fail({ path: '/jivo/', status: 429 });
    const failed = await send({ text: 'Hello' }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'ThrottledError', message: expect.stringContaining('"delay":60') });
    expect(sandbox.log).toHaveLength(1);
  });

  test('retries once, with the same id, after a 5xx', async () => {
    sandbox.fail({ path: '/jivo/', status: 503 });
    await send({ text: 'Hello' });
    const ids = sandbox.log.map(({ body }) =>
      isObject(body) && isObject(body.message) ? body.message.id : '',
    );
    expect(ids).toEqual([ids[0], ids[0]]);
    expect(arrived()).toHaveLength(1);
  });

  test.each([408, 425, 499])('repeats once after a %i, because the outcome is unknown', async (status) => {
    sandbox.fail({ path: '/jivo/', status });
    await send({ text: 'Hello' });
    expect(sandbox.log).toHaveLength(2);
    expect(arrived()).toHaveLength(1);
  });

  test('does not accept a web page as a confirmation', async () => {
    sandbox.fail({ path: '/jivo/', kind: 'html', status: 200 });
    await send({ text: 'Hello' });
    expect(sandbox.log).toHaveLength(2);
    expect(arrived()).toHaveLength(1);
  });

  test('reports an unknown outcome when JivoChat does not answer', async () => {
    sandbox.fail({ path: '/jivo/', kind: 'reset', times: 5 });
    await expect(send({ text: 'Hello' })).rejects.toThrow(
      /JivoChat did not confirm the update\. There is no way to look up whether the update arrived in JivoChat/,
    );
    expect(sandbox.log).toHaveLength(2);
  });
});
