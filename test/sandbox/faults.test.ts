import timers from 'node:timers/promises';
import { FaultRule, knownFaults } from './faults.ts';
import { startSandbox, type Sandbox } from './sandbox.ts';

test.each(['before', 'after'] as const)(
  'a response can be cut off in the middle, %s the work is done',
  async (when) => {
    const complaints = jest.spyOn(console, 'error').mockReturnValue();
    const sandbox = await startSandbox({ contacts: 0, tasks: 0 });
    try {
      sandbox.fail({ path: '^/contacts/$', kind: 'truncate', when });
      const { accessToken } = sandbox.token();
      const answer = await fetch(`${sandbox.url}/contacts/`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${accessToken}`,
          Version: '2021-07-28',
          'Content-Type': 'application/json',
        },
        body: JSON.stringify({ locationId: sandbox.locationId, email: 'a@b.co' }),
      });
      await expect(answer.text()).rejects.toThrow('terminated');
      expect(sandbox.store.contacts.size).toBe(when === 'after' ? 1 : 0);
      expect(complaints).not.toHaveBeenCalled();
    } finally {
      await sandbox.close();
      complaints.mockRestore();
    }
  },
);

test('a request can do its work 20 seconds after its response', async () => {
  const waits: { ms: number; wake: () => void }[] = [];
  jest
    .spyOn(timers, 'setTimeout')
    .mockImplementation(
      (ms = 0) => new Promise((resolve) => waits.push({ ms, wake: () => resolve(undefined) })),
    );
  const sandbox = await startSandbox({ contacts: 0, tasks: 0 });
  try {
    sandbox.fail({ path: '^/contacts/$', status: 502, when: 'late' });
    const { accessToken } = sandbox.token();
    const answer = await fetch(`${sandbox.url}/contacts/`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${accessToken}`,
        Version: '2021-07-28',
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ locationId: sandbox.locationId, email: 'a@b.co' }),
    });
    expect(answer.status).toBe(502);
    expect(sandbox.store.contacts.size).toBe(0);
    expect(waits.map(({ ms }) => ms)).toEqual([20_000]);
    for (const { wake } of waits) wake();
    await new Promise(setImmediate);
    expect(sandbox.store.contacts.size).toBe(1);
  } finally {
    await sandbox.close();
    jest.restoreAllMocks();
  }
});

test('an invalid rule is rejected, with the reason', async () => {
  const sandbox = await startSandbox({ contacts: 0, tasks: 0 });
  const post = (body: string) =>
    fetch(`${sandbox.url}/__sandbox/fail`, { method: 'POST', body }).then((answer) => answer.text());
  expect(await post('{"statuss":503}')).toContain('statuss');
  expect(await post('{"kind":"bogus"}')).toContain('kind');
  expect(await post('junk')).toContain('This is no fault rule.');
  expect(await post('{"status":503}')).toBe('{"waiting":{"status":503}}');
  await sandbox.close();
});

describe('Failures of live accounts', () => {
  const get = async (sandbox: Sandbox, path: string) => {
    const { accessToken } = sandbox.token();
    const headers = { Authorization: `Bearer ${accessToken}`, Version: '2021-07-28' };
    const answer = await fetch(sandbox.url + path, { headers });
    return { status: answer.status, text: await answer.text() };
  };

  test.each([
    ['request timeout', 400, 'Request Timeout after 30000ms'],
    [408, 408, 'Request Timeout'],
    [425, 425, 'Too Early'],
    [499, 499, 'Client Closed Request'],
    ['gone task', 400, 'The task id is invalid.'],
    ['gone appointment', 400, 'The event id is invalid.'],
    ['firewall in JSON', 403, '"error_code":1010'],
  ] as const)('%s is available by name', async (fault, status, words) => {
    const sandbox = await startSandbox({ contacts: 0, tasks: 0 });
    sandbox.fail({ fault, path: '^/campaigns/$' });
    const played = await get(sandbox, `/campaigns/?locationId=${sandbox.locationId}`);
    expect(played).toEqual({ status, text: expect.stringContaining(words) });
    await sandbox.close();
  });

  test('only the location record cannot be read', async () => {
    const sandbox = await startSandbox({ contacts: 0, tasks: 0 });
    sandbox.fail({ fault: 'location record unreadable', times: 5 });
    expect((await get(sandbox, `/locations/${sandbox.locationId}/tags`)).status).toBe(200);
    expect((await get(sandbox, `/locations/${sandbox.locationId}`)).status).toBe(500);
    await sandbox.close();
  });

  test('only one calendar is refused', async () => {
    const sandbox = await startSandbox({ contacts: 1, tasks: 0 });
    const [bad = '', good = ''] = sandbox.store.calendars.map(({ id }) => id);
    sandbox.fail({ fault: 'calendar refused', search: `calendarId=${bad}(&|$)`, times: 5 });
    const events = (calendarId: string) =>
      get(
        sandbox,
        `/calendars/events?locationId=${sandbox.locationId}&startTime=0&endTime=1&calendarId=${calendarId}`,
      );
    expect((await events(good)).status).toBe(200);
    expect((await events(bad)).status).toBe(400);
    await sandbox.close();
  });

  test('each is listed once, with an error status', () => {
    expect(Object.values(knownFaults).filter(({ status }) => status < 400)).toEqual([]);
  });

  test('an unknown name is rejected', async () => {
    const sandbox = await startSandbox({ contacts: 0, tasks: 0 });
    const post = await fetch(`${sandbox.url}/__sandbox/fail`, {
      method: 'POST',
      body: '{"fault":"bad day"}',
    });
    expect(await post.text()).toContain('There is no such fault');
    await sandbox.close();
  });
});

test('the properties of a fault and the faults that wait are shown, and can be cleared', async () => {
  const sandbox = await startSandbox({ contacts: 0, tasks: 0 });
  const address = `${sandbox.url}/__sandbox/fail`;
  const shown = async () => (await fetch(address)).text();
  try {
    const first = await shown();
    for (const property of Object.keys(FaultRule.shape))
      expect(first).toMatch(new RegExp(`^ {2}${property} +\\S`, 'm'));
    expect(first).toContain('No fault is waiting.');
    await fetch(address, { method: 'POST', body: '{"status":503,"times":9}' });
    expect(await shown()).toContain('"times":9');
    await fetch(address, { method: 'DELETE' });
    expect(await shown()).toBe(first);
  } finally {
    await sandbox.close();
  }
});
