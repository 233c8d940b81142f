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
