import { aDay, list } from './story.ts';

/** Stories about tags, followers, campaigns and workflows. */
export const groups = () =>
  describe('Tags, followers, campaigns and workflows', () => {
    const day = aDay();
    const jane = () => day.pick('creates.add_tags', 'contactId', 'Jane Doe');
    const stored = (id: unknown) => day.sandbox.store.contacts.get(String(id));
    const link = (id: unknown) =>
      `https://app.gohighlevel.com/v2/location/${day.sandbox.locationId}/contacts/detail/${String(id)}`;

    test('tags are added and removed without changing the others', async () => {
      const { zapier } = day;
      const contactId = await jane();
      const before = [...(stored(contactId)?.tags ?? [])];
      const added = await zapier.create('add_tags', {
        contactId,
        tags: [' VIP ', 'vip', 'Braces, Implants', ''],
      });
      expect(added).toEqual({
        contactId,
        tags: [...before, 'vip', 'braces', 'implants'],
        url: link(contactId),
      });
      const removed = await zapier.create('remove_tags', { contactId, tags: 'Braces,never there' });
      expect(removed).toEqual({ contactId, tags: [...before, 'vip', 'implants'], url: link(contactId) });
      expect(stored(contactId)?.tags).toEqual([...before, 'vip', 'implants']);
    });

    test('120 contacts get a tag: one is unknown, 50 fail, the others succeed, and a second run completes it', async () => {
      const { zapier, sandbox } = day;
      const { store } = sandbox;
      const [first] = store.contacts.values();
      if (!first) throw new Error('The sandbox has no contacts');
      const clones = Array.from({ length: 119 }, () => ({ ...first, id: store.random.id(), tags: ['old'] }));
      for (const clone of clones) store.save(clone);
      const contactIds = [
        ...clones.slice(0, 70).map(({ id }) => id),
        'gone',
        ...clones.slice(70).map(({ id }) => id),
      ];

      sandbox.fail({
        path: '/contacts/bulk/tags',
        status: 400,
        body: { statusCode: 400, message: 'Not now' },
      });
      const outcome = await zapier.create('tag_contacts', { contactIds, tags: ['Spring'] });
      expect(outcome).toMatchObject({ succeeded: 69, failed: 51 });
      const results = list(outcome.results);
      expect(results.map(({ contactId }) => contactId)).toEqual(contactIds);
      expect(results.find(({ contactId }) => contactId === 'gone')).toEqual({
        contactId: 'gone',
        ok: false,
        message: 'contact id is not a valid firebase id',
        url: link('gone'),
      });
      const failed = results.filter(({ ok }) => ok === false);
      expect(failed[0]?.message).toBe(
        'HighLevel did not change the tags. HighLevel says: "Not now". Please check the fields of this step.',
      );
      expect(sandbox.log.map(({ path, status }) => [path, status])).toEqual([
        ['/contacts/bulk/tags/update/add', 400],
        ['/contacts/bulk/tags/update/add', 201],
        ['/contacts/bulk/tags/update/add', 201],
      ]);

      const again = await zapier.create('tag_contacts', {
        contactIds: failed.map(({ contactId }) => contactId),
        tags: ['Spring'],
      });
      expect(again).toMatchObject({ succeeded: 50, failed: 1 });
      for (const { id } of clones) expect(stored(id)?.tags).toEqual(['old', 'spring']);

      await zapier.create('tag_contacts', { contactIds, tags: ['old'], operation: 'remove' });
      for (const { id } of clones) expect(stored(id)?.tags).toEqual(['spring']);
    });

    test('followers are added once, and removed one by one', async () => {
      const { zapier } = day;
      const contactId = await jane();
      const maria = await day.pick('creates.add_followers', 'followers', 'Maria Keller');
      const tom = await day.pick('creates.add_followers', 'followers', 'Tom Baker');
      await zapier.create('add_followers', { contactId, followers: [maria] });
      const added = await zapier.create('add_followers', { contactId, followers: [maria, tom, maria] });
      expect(added).toEqual({ contactId, followers: [maria, tom], url: link(contactId) });
      const removed = await zapier.create('remove_followers', { contactId, followers: [maria] });
      expect(removed).toEqual({ contactId, followers: [tom], url: link(contactId) });
      expect(stored(contactId)?.followers).toEqual([tom]);
    });

    test('a contact is added to campaigns, removed from one, and then from all', async () => {
      const { zapier } = day;
      const contactId = await jane();
      const campaigns = await day.choices('creates.add_to_campaign', 'campaignId');
      for (const campaignId of campaigns.values())
        expect(await zapier.create('add_to_campaign', { contactId, campaignId })).toEqual({
          contactId,
          campaignId,
          added: true,
          url: link(contactId),
        });
      const [welcome, winter, spring] = campaigns.values();
      expect(stored(contactId)?.campaigns).toEqual([welcome, winter, spring]);
      await zapier.create('remove_from_campaign', { contactId, campaignId: welcome });
      expect(stored(contactId)?.campaigns).toEqual([winter, spring]);
      const left = await zapier.create('remove_from_campaign', {
        contactId,
        campaignId: '',
        removeFromAllCampaigns: true,
      });
      expect(left).toEqual({ contactId, campaignId: null, removed: true, url: link(contactId) });
      expect(stored(contactId)?.campaigns).toEqual([]);
    });

    test('an API request reads and writes what has no action of its own', async () => {
      const { zapier, sandbox } = day;
      const { id: contactId } = await zapier.create('create_contact', { email: 'api@example.com' });
      const contact = `/contacts/${String(contactId)}`;
      const body = JSON.stringify({ city: 'Oslo' });
      await zapier.create('api_request', { method: 'PUT', path: contact, body });
      expect(sandbox.store.contacts.get(String(contactId))).toMatchObject({ city: 'Oslo' });
      expect(await zapier.create('api_request', { method: 'GET', path: contact })).toMatchObject({
        status: 200,
        body: { contact: { id: contactId, city: 'Oslo' } },
        text: null,
      });
    });

    test('a workflow starts for a contact at a time in New York, and stops', async () => {
      const { zapier, sandbox } = day;
      const contactId = await jane();
      const workflowId = await day.pick('creates.add_to_workflow', 'workflowId', 'Missed chat');
      const begun = await zapier.create('add_to_workflow', {
        contactId,
        workflowId,
        eventStartTime: '2026-07-01 10:00',
      });
      expect(begun).toEqual({ contactId, workflowId, added: true, url: link(contactId) });
      expect(sandbox.log.at(-1)?.body).toEqual({ eventStartTime: '2026-07-01T14:00:00Z' });
      expect(stored(contactId)?.workflows).toEqual([workflowId]);
      const stopped = await zapier.create('remove_from_workflow', { contactId, workflowId });
      expect(stopped).toEqual({ contactId, workflowId, removed: true, url: link(contactId) });
      expect(stored(contactId)?.workflows).toEqual([]);
    });

    test.each([
      ['creates.add_tags', { contactId: 'c1', tags: [' ', ','] }, 'Please fill in "Tags".'],
      ['creates.add_tags', { tags: ['vip'] }, 'Please fill in "Contact".'],
      ['creates.remove_tags', { contactId: 'c1' }, 'Please fill in "Tags".'],
      [
        'creates.tag_contacts',
        { contactIds: ['c1'], tags: ['vip'], operation: 'replace' },
        '"Operation" can\'t be "replace". Use Add or Remove.',
      ],
      [
        'creates.tag_contacts',
        { contactIds: ['c1', 'jane@example.com'], tags: ['vip'] },
        '"Contacts" needs a HighLevel contact ID, not "jane@example.com". Choose a contact from the list, or map the Contact ID of a Find Contact step.',
      ],
      ['creates.add_followers', { contactId: 'c1' }, 'Please fill in "Followers".'],
      [
        'creates.remove_followers',
        { contactId: 'c1', followers: [{ id: 'u1' }] },
        '"Followers" takes one value. Map a single value instead of a group.',
      ],
      ['creates.add_to_campaign', { contactId: 'c1' }, 'Please fill in "Campaign".'],
      [
        'creates.api_request',
        { method: 'GET', path: '/oauth/token' },
        '"Path" can\'t be under /oauth/, because these requests issue tokens. Reconnect the account instead.',
      ],
      [
        'creates.remove_from_campaign',
        { contactId: 'c1', campaignId: 'removeAll' },
        '"removeAll" isn\'t a HighLevel ID. Choose the record from the list.',
      ],
      [
        'creates.remove_from_campaign',
        { contactId: 'c1', campaignId: ' ' },
        'Please fill in "Campaign", or set "Remove From All Campaigns" to Yes to remove the contact from every campaign.',
      ],
      [
        'creates.remove_from_campaign',
        { contactId: 'c1', campaignId: 'k1', removeFromAllCampaigns: 'yes' },
        '"Campaign" and "Remove From All Campaigns" contradict each other. Leave "Campaign" blank, or set "Remove From All Campaigns" to No.',
      ],
      [
        'creates.add_to_workflow',
        { contactId: 'c1', workflowId: 'w1', eventStartTime: 'tomorrow' },
        '"Event Start Time" isn\'t a date we can read: "tomorrow". Use a format such as 2026-01-31 or 2026-01-31 15:00.',
      ],
      ['creates.remove_from_workflow', { workflowId: 'w1' }, 'Please fill in "Contact".'],
    ])('%s rejects %j', async (operation, input, sentence) => {
      expect(await day.refusal(operation, input)).toBe(sentence);
    });
  });
