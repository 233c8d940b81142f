import nock from 'nock';
import { connection, CONTACT, failure, fullAccess, highLevel, TOKEN } from '../../support/app.ts';

const highlevel = highLevel();

const CHANNEL = 'https://wh.jivosite.com/WHqoUiAGT9/sEcReTpArT';
const zap = () => connection({ ...fullAccess, jivoChatChannelSecret: CHANNEL });
const createNote = () => zap().run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' });

describe('HighLevel response that repeats a secret', () => {
  const secrets = [TOKEN, fullAccess.refresh_token, CHANNEL, 'sEcReTpArT'];

  test.each(secrets)('is masked in a refusal: %s', async (secret) => {
    highlevel.answers(`POST /contacts/${CONTACT}/notes`, 400, { message: `Bad header: Bearer ${secret}` });
    const { message } = await failure(createNote());
    expect(message).toContain('HighLevel says: "Bad header: Bearer ***".');
  });

  test('is masked in a refusal that is truncated inside the secret', async () => {
    const message = `${'x'.repeat(300 - 8)}${TOKEN}`;
    highlevel.answers(`POST /contacts/${CONTACT}/notes`, 422, { message: [message] });
    expect((await failure(createNote())).message).not.toContain(TOKEN.slice(0, 4));
  });

  test('is masked in the result of a bulk action and in a record', async () => {
    highlevel.answers('POST /contacts/bulk/tags/update/add', 201, {
      responses: [
        { contactId: 'c1', type: 'error', message: `${TOKEN} may not` },
        { contactId: 'c2', type: 'success' },
      ],
    });
    const told = await zap().run('creates', 'tag_contacts', { contactIds: ['c1', 'c2'], tags: ['vip'] });
    expect(told).toMatchObject({ results: [{ message: '*** may not' }, { ok: true }] });
    highlevel.answers(`GET /contacts/${CONTACT}/notes`, 200, { notes: [{ id: 'n1', body: `My ${TOKEN}` }] });
    const found = await zap().run('searches', 'find_notes', { contactId: CONTACT });
    expect(found).toMatchObject([{ body: 'My ***' }]);
  });

  test('keeps a word in a record that is also part of the channel’s URL', async () => {
    const body = 'webhooks';
    highlevel.answers(`GET /contacts/${CONTACT}/notes`, 200, { notes: [{ id: 'n1', body }] });
    const plain = connection({
      ...fullAccess,
      jivoChatChannelSecret: 'https://bot.jivosite.com/webhooks/abc',
    });
    const found = await plain.run('searches', 'find_notes', { contactId: CONTACT });
    expect(found).toMatchObject([{ body }]);
  });
});

test('JivoChat’s refusal that repeats a part of the channel’s URL is quoted without it', async () => {
  const [, host = '', path = ''] = /^(https:\/\/[^/]+)(.*)$/.exec(CHANNEL) ?? [];
  nock(host).post(path).reply(400, `No channel at ${path}: sEcReTpArT is unknown`);
  const { message } = await failure(zap().run('creates', 'send_jivochat_update', { text: 'Hello' }));
  expect(message).toContain('JivoChat did not accept the update: "No channel at /***/***: *** is unknown".');
});
