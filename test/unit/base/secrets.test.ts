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

  test('keeps other text, such as ids and short parts of a URL', () => {
    const text = 'loc1 wh jivosite';
    expect(maskText(text, secretsOf(authData).all)).toBe(text);
  });

  test('is unchanged if the connection has no secrets, or blank ones', () => {
    expect(secretsOf({ access_token: ' ', refresh_token: undefined, jivoChatChannelSecret: '' }).all).toEqual(
      ['client-secret-of-the-app'],
    );
  });
});

test('every text of a value is masked, including its keys', () => {
  const value = { message: [`Bearer ${TOKEN}`], [TOKEN]: { deep: [REFRESH, 7, null, true] } };
  expect(maskValue(value, JSON.stringify(value), secretsOf(authData).all)).toEqual({
    message: ['Bearer ***'],
    '***': { deep: ['***', 7, null, true] },
  });
});

test('a value without secrets is returned unchanged', () => {
  const value = { message: 'All is well.' };
  expect(maskValue(value, JSON.stringify(value), secretsOf(authData).all)).toBe(value);
});
