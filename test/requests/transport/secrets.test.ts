import { connection, CONTACT, failure, fullAccess, highLevel, TOKEN } from '../../support/app.ts';

const highlevel = highLevel();

const CHANNEL = 'https://wh.jivosite.com/WHqoUiAGT9/sEcReTpArT';
const zap = () => connection({ ...fullAccess, jivoChatChannelSecret: CHANNEL });
const createNote = () => zap().run('creates', 'create_note', { contactId: CONTACT, body: 'Hi' });

describe('HighLevel that repeats a secret of the connection', () => {
  const secrets = [TOKEN, fullAccess.refresh_token, CHANNEL, 'sEcReTpArT'];

  test.each(secrets)('in a refusal is quoted without it: %s', async (secret) => {
    highlevel.answers(`POST /contacts/${CONTACT}/notes`, 400, { message: `Bad header: Bearer ${secret}` });
    const { message } = await failure(createNote());
    expect(message).toContain('HighLevel says: "Bad header: Bearer ***".');
  });

  test('in a refusal that is cut where the secret stands shows no part of it', async () => {
    const message = `${'x'.repeat(300 - 8)}${TOKEN}`;
    highlevel.answers(`POST /contacts/${CONTACT}/notes`, 422, { message: [message] });
    expect((await failure(createNote())).message).not.toContain(TOKEN.slice(0, 4));
  });

  test('in the result of a bulk action, or in a record, shows it to nobody', async () => {
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

  test('leaves a word that is also a part of the channel’s address in a record', async () => {
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
