import timers from 'node:timers/promises';
import { startSandbox } from './sandbox.ts';

test.each(['before', 'after'] as const)(
  'an answer can be cut off in the middle, %s the work is done',
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

test('a request can do its work 20 seconds after its answer', async () => {
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

test('a rule that is none is refused, with what is wrong in it', async () => {
  const sandbox = await startSandbox({ contacts: 0, tasks: 0 });
  const post = (body: string) =>
    fetch(`${sandbox.url}/__sandbox/fail`, { method: 'POST', body }).then((answer) => answer.text());
  expect(await post('{"statuss":503}')).toContain('statuss');
  expect(await post('{"kind":"bogus"}')).toContain('kind');
  expect(await post('junk')).toContain('This is no fault rule.');
  expect(await post('{"status":503}')).toBe('{"waiting":{"status":503}}');
  await sandbox.close();
});
