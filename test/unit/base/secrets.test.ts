import { maskText, maskValue, secretsOf } from '../../../lib/base/secrets.ts';

const TOKEN = 'eyJhbGciOi.token.of-the-connection';
const REFRESH = 'refresh.of-the-connection';
const CHANNEL = 'https://wh.jivosite.com/WHqoUiAGT9/sEcReTpArT';
const authData = {
  access_token: TOKEN,
  refresh_token: REFRESH,
  jivoChatChannelSecret: CHANNEL,
  locationId: 'loc1',
};

beforeEach(() => {
  process.env.CLIENT_SECRET = 'client-secret-of-the-app';
});
afterEach(() => {
  delete process.env.CLIENT_SECRET;
});

describe('A text of another system', () => {
  test.each([TOKEN, REFRESH, CHANNEL, 'WHqoUiAGT9', 'sEcReTpArT', 'client-secret-of-the-app'])(
    'does not repeat %s',
    (secret) => {
      const masked = maskText(`Invalid ${secret}, twice: ${secret}.`, secretsOf(authData).all);
      expect(masked).toBe('Invalid ***, twice: ***.');
    },
  );

  test('keeps what is no secret, as ids and the short parts of an address', () => {
    const text = 'loc1 wh jivosite';
    expect(maskText(text, secretsOf(authData).all)).toBe(text);
  });

  test('is left alone on a connection that has no secrets, or blank ones', () => {
    expect(secretsOf({ access_token: ' ', refresh_token: undefined, jivoChatChannelSecret: '' }).all).toEqual(
      ['client-secret-of-the-app'],
    );
  });
});

test('Every text of a value is masked, its keys too', () => {
  const value = { message: [`Bearer ${TOKEN}`], [TOKEN]: { deep: [REFRESH, 7, null, true] } };
  expect(maskValue(value, JSON.stringify(value), secretsOf(authData).all)).toEqual({
    message: ['Bearer ***'],
    '***': { deep: ['***', 7, null, true] },
  });
});

test('A value without secrets is handed on as it is', () => {
  const value = { message: 'All is well.' };
  expect(maskValue(value, JSON.stringify(value), secretsOf(authData).all)).toBe(value);
});
