import { aDay, toldBy } from './story.ts';

/** Stories about searches. */
export const searches = () =>
  describe('Searches', () => {
    const day = aDay();

    test('a user and a business are found by email or part of the name, the exact name first', async () => {
      const { zapier, sandbox } = day;
      expect(await zapier.search('find_user', { email: 'Maria.Keller@example.com' })).toMatchObject([
        { name: 'Maria Keller' },
      ]);
      expect(await zapier.search('find_user', { name: 'BAKER' })).toMatchObject([
        { email: 'tom.baker@example.com' },
      ]);
      expect(await zapier.search('find_user', { name: 'Nobody' })).toEqual([]);
      const userId = await day.pick('searches.find_user', 'userId', 'Tom Baker');
      expect(await zapier.search('find_user', { userId, name: 'Maria' })).toMatchObject([
        { id: userId, email: 'tom.baker@example.com' },
      ]);
      expect(await zapier.search('find_user', { userId: 'gone0000000000000001' })).toEqual([]);

      sandbox.store.businesses.unshift({ id: 'b1', name: 'Example Ltd Branch' });
      expect(await zapier.search('find_business', { name: 'example ltd' })).toMatchObject([
        { name: 'Example Ltd' },
        { name: 'Example Ltd Branch' },
      ]);
      const [business] = sandbox.store.businesses.slice(1);
      expect(await zapier.search('find_business', { email: business?.email })).toMatchObject([
        { id: business?.id },
      ]);
      const input = { businessId: business?.id, name: 'Branch' };
      expect(await zapier.search('find_business', input)).toMatchObject([{ id: business?.id }]);
      expect(await zapier.search('find_business', { businessId: 'gone' })).toEqual([]);
    });

    test('a company is found or created, updated, and named on its contacts at once', async () => {
      const { zapier, sandbox } = day;
      expect(await zapier.search('find_business', { name: 'Northwind' })).toEqual([]);
      const company = {
        name: 'Northwind',
        email: 'office@northwind.example.com',
        phone: '+14155550133',
        website: 'https://northwind.example.com',
        address: '12 Main Street',
        city: 'San Francisco',
        state: 'California',
        postalCode: '94103',
        country: 'US',
        description: 'Dental supplies',
      };
      const given = { ...company, email: 'Office@Northwind.example.com', country: 'United States' };
      const created = await zapier.create('create_business', { ...given, phone: '(415) 555-0133' });
      expect(created).toMatchObject({ ...company, warnings: [] });
      const { id: businessId } = created;
      expect(sandbox.store.businesses.at(-1)).toMatchObject({ id: businessId, ...company });
      expect(await zapier.search('find_business', { name: 'northwind' })).toMatchObject([{ id: businessId }]);

      const [contactId = ''] = sandbox.store.contacts.keys();
      await zapier.create('set_business', { contactIds: [contactId], businessId });
      expect(await zapier.search('find_contact', { contactId })).toMatchObject([
        { businessName: 'Northwind' },
      ]);
      const changed = { name: 'Northwind Ltd', city: 'Oakland' };
      expect(
        await zapier.create('update_business', { businessId, ...changed, email: '', country: '' }),
      ).toMatchObject({ id: businessId, ...company, ...changed });
      expect(sandbox.log.at(-1)?.body).toEqual(changed);
      expect(await zapier.search('find_contact', { contactId })).toMatchObject([
        { businessName: 'Northwind Ltd' },
      ]);
      expect(await toldBy(zapier.create('update_business', { businessId: 'gone', city: 'Oslo' }))).toBe(
        "HighLevel could not update the company because it can't find a record used in this step. It may have been deleted or belong to another sub-account. " +
          'HighLevel says: "Business not found". Check the fields of this step.',
      );
    });

    test('contacts are found by tags, owner, text and last update', async () => {
      const { zapier, sandbox } = day;
      const assignedTo = await day.pick('searches.find_contacts', 'assignedTo', 'Maria Keller');
      const made = async (firstName: string, more: object) =>
        (
          await zapier.create('create_contact', {
            firstName,
            email: `${firstName}@story.example.com`,
            ...more,
          })
        ).id;
      const ids = async (input: object) =>
        (await zapier.search('find_contacts', { ...input })).map(({ id }) => id);
      const ada = await made('Ada', { tags: ['red', 'blue'], assignedTo });
      const bob = await made('Bob', { tags: ['red'], assignedTo });
      const updatedAfter = new Date(sandbox.store.now() + 1_000).toISOString();
      expect(await ids({ tags: ['green'] })).toEqual([]);
      const cleo = await made('Cleo', { tags: ['red', 'blue'] });

      expect(await ids({ tags: ['Red'] })).toEqual([cleo, bob, ada]);
      expect(await ids({ tags: ['red', 'blue'] })).toEqual([cleo, ada]);
      expect(await ids({ tags: 'red, blue', assignedTo })).toEqual([ada]);
      expect(await ids({ tags: ['red'], limit: '2' })).toEqual([cleo, bob]);
      expect(await ids({ query: 'story.example', updatedAfter })).toEqual([cleo]);
    });

    test.each([
      ['searches.find_user', { name: ' ' }, 'Please fill in "Email", "Name", or "User".'],
      ['searches.find_business', {}, 'Please fill in "Name", "Email", or "Company".'],
      ['creates.create_business', { city: 'Oslo' }, 'Please fill in "Name".'],
      [
        'creates.create_business',
        { name: 'Northwind', country: 'Atlantis', email: 'none yet' },
        '"Country": "Atlantis" isn\'t a country. Choose one from the list, or use its two-letter code such as US.',
      ],
      [
        'creates.update_business',
        { businessId: 'b1', name: ' ' },
        'Nothing to update. Please fill in at least one field besides "Company".',
      ],
      [
        'creates.update_business',
        { businessId: 'b1', email: 'office at northwind' },
        '"Email" isn\'t a valid email address: "office at northwind".',
      ],
      [
        'searches.find_contacts',
        { updatedAfter: 'last week' },
        '"Updated After" isn\'t a date we can read: "last week". Use a format such as 2026-01-31 or 2026-01-31 15:00.',
      ],
    ])('%s rejects %j', async (operation, input, sentence) => {
      expect(await day.refusal(operation, input)).toBe(sentence);
    });
  });
