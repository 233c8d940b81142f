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
