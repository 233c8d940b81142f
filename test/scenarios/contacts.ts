import { aDay, list, toldBy } from './story.ts';

const nora = {
  email: 'nora.berg@example.com',
  phone: '(415) 555-0132',
  firstName: 'Nora',
  lastName: 'Berg',
  source: 'Website form',
  tags: ['Newsletter', 'VIP'],
};

/** Stories about contacts. */
export const contacts = () =>
  describe('Contacts', () => {
    const day = aDay();
    const stored = (id: unknown) => day.sandbox.store.contacts.get(String(id));

    test('a contact is found by email, by phone number in local form, by name and by ID', async () => {
      const { zapier } = day;
      const made = await zapier.create('create_contact', nora);
      expect(made).toMatchObject({ name: 'Nora Berg', phone: '+14155550132', tags: ['newsletter', 'vip'] });
      for (const known of [
        { email: 'Nora.Berg@Example.com' },
        { phone: '415-555-0132' },
        { phone: '+1 415 555 0132' },
        { query: 'nora' },
        { contactId: made.id },
      ])
        expect(await zapier.search('find_contact', known)).toMatchObject([
          { id: made.id, name: 'Nora Berg' },
        ]);
    });

    test('an update keeps the fields left empty, and adds its tags to the existing ones', async () => {
      const { zapier } = day;
      const { id: contactId } = await zapier.create('create_contact', nora);
      const before = structuredClone(stored(contactId));
      await zapier.create('update_contact', {
        contactId,
        city: 'Oslo',
        email: '',
        phone: '  ',
        firstName: null,
        tags: ['Oslo'],
        clear: [],
      });
      expect(stored(contactId)).toEqual({
        ...before,
        city: 'Oslo',
        tags: ['newsletter', 'vip', 'oslo'],
        dateUpdated: expect.any(String),
      });
    });

    test('Fields to Clear empties the chosen field and no other', async () => {
      const { zapier } = day;
      const seats = await day.pick('creates.update_contact', 'clear', 'Seats');
      const made = await zapier.create('create_contact', { ...nora, city: 'Oslo', [seats]: 3 });
      expect(made).toMatchObject({ city: 'Oslo', custom: { seats: 3 } });
      const clear = [seats, await day.pick('creates.update_contact', 'clear', 'City')];
      const emptied = await zapier.create('update_contact', { contactId: made.id, clear });
      expect(emptied).toMatchObject({
        ...made,
        city: null,
        custom: {},
        customFields: [],
        // HighLevel's response for a new contact lacks them.
        additionalEmails: [],
        additionalPhones: [],
        dateUpdated: expect.any(String),
      });
    });

    test('custom fields of every type are written and returned by name', async () => {
      const { zapier, sandbox } = day;
      const asked = list(await zapier.call('creates.create_contact.operation.inputFields'));
      const form: Record<string, unknown> = {
        'UTM Source': 'google',
        About: 'Two lines,\n and {{contact.first_name}}',
        'Second Phone': '+49 1511 2345678',
        'Contract Date': '2026-03-01',
        Plan: 'plus',
        Newsletter: 'yes',
        Seats: '1,200',
        Budget: '49.90',
        Interests: ['Braces', 'implants'],
        Languages: ['Spanish'],
      };
      const input = Object.fromEntries(
        Object.entries(form).map(([name, value]) => [asked.find(({ label }) => label === name)?.key, value]),
      );
      const filled = sandbox.store.customFields.filter(({ name }) => name in form);
      const types = sandbox.store.customFields.map(({ dataType }) => dataType);
      // A form cannot provide files and text lists.
      expect(new Set([...filled.map(({ dataType }) => dataType), 'TEXTBOX_LIST', 'FILE_UPLOAD'])).toEqual(
        new Set(types),
      );

      const custom = {
        utm_source: 'google',
        about: 'Two lines,\n and {{contact.first_name}}',
        second_phone: '+49 1511 2345678',
        contract_date: '2026-03-01',
        plan: 'Plus',
        newsletter: 'Yes',
        seats: 1200,
        budget: 49.9,
        interests: ['Braces', 'Implants'],
        languages: ['Spanish'],
      };
      const made = await zapier.create('create_contact', { ...nora, ...input });
      expect(made.custom).toEqual(custom);
      expect(await zapier.search('find_contact', { contactId: made.id })).toMatchObject([{ custom }]);
      const told = list(await zapier.call('searches.find_contact.operation.outputFields'));
      expect(told).toContainEqual({ key: 'custom__contract_date', label: 'Contract Date' });
    });

    test('an existing contact is updated, and keeps its tags', async () => {
      const { zapier } = day;
      const made = await zapier.create('create_or_update_contact', { ...nora, tags: ['first'] });
      const again = await zapier.create('create_or_update_contact', {
        email: nora.email,
        city: 'Oslo',
        tags: ['Second'],
      });
      expect(again).toMatchObject({
        id: made.id,
        firstName: 'Nora',
        city: 'Oslo',
        tags: ['first', 'second'],
      });
      expect(await toldBy(zapier.create('create_contact', { email: nora.email }))).toBe(
        `HighLevel did not create the contact: contact ${String(made.id)} already has this email. ` +
          'Use Create or Update Contact, or Find or Create Contact, to work with it.',
      );
    });

    test('Find or Create returns the contact that another Zap just created', async () => {
      const { zapier, sandbox } = day;
      expect(await zapier.search('find_contact', { email: nora.email })).toEqual([]);
      const other = await zapier.create('create_contact', nora);
      const before = sandbox.store.contacts.size;
      const created = zapier.call(
        'creates.create_contact.operation.perform',
        { email: nora.email },
        { withSearch: 'find_contact' },
      );
      expect(await created).toMatchObject({ id: other.id, firstName: 'Nora', tags: ['newsletter', 'vip'] });
      expect(sandbox.store.contacts.size).toBe(before);
    });

    test('a contact is added to a business, found among its contacts, and removed from it', async () => {
      const { zapier } = day;
      const { id } = await zapier.create('create_contact', nora);
      const businessId = await day.pick('creates.set_business', 'businessId', 'Example Ltd');
      expect(await zapier.create('set_business', { contactIds: [id], businessId })).toEqual({
        succeeded: 1,
        failed: 0,
        results: [
          { contactId: id, ok: true, message: null, url: expect.stringContaining(`/detail/${String(id)}`) },
        ],
      });
      expect(await zapier.search('find_contacts', { businessId })).toMatchObject([{ id, businessId }]);
      await zapier.create('set_business', { contactIds: [id], businessId: '', removeFromCompany: true });
      expect(await zapier.search('find_contacts', { businessId })).toEqual([]);
    });

    test('messages to a contact are stopped by channel, and allowed again', async () => {
      const { zapier } = day;
      const { id: contactId } = await zapier.create('create_contact', {
        ...nora,
        dndChannels: ['SMS', 'FB'],
      });
      const input = { contactId, allowChannels: ['SMS'], dndChannels: ['Calls'] };
      expect(await zapier.create('update_contact', input)).toMatchObject({
        dndChannels: ['FB', 'Call'],
        warnings: [],
      });
      const upsert = { email: nora.email, allowChannels: 'Facebook and Instagram' };
      expect(await zapier.create('create_or_update_contact', upsert)).toMatchObject({
        dndChannels: ['Call'],
      });
    });

    test('a deleted contact is not found by any search', async () => {
      const { zapier, sandbox } = day;
      const { id: contactId } = await zapier.create('create_contact', nora);
      const others = sandbox.store.contacts.size - 1;
      expect(await zapier.create('delete_contact', { contactId })).toMatchObject({
        id: contactId,
        deleted: true,
      });
      for (const known of [{ contactId }, { email: nora.email }, { phone: nora.phone }, { query: 'Nora' }])
        expect(await zapier.search('find_contact', known)).toEqual([]);
      expect(sandbox.store.contacts.size).toBe(others);
      expect(await toldBy(zapier.create('update_contact', { contactId, city: 'Oslo' }))).toBe(
        "HighLevel could not update the contact because it can't find a record used in this step. It may have been deleted or belong to another sub-account. " +
          `HighLevel says: "Contact not found for id:${String(contactId)}". Check the fields of this step.`,
      );
    });

    test('the triggers return a new contact once, each update once, and a new tag once', async () => {
      const { zapier } = day;
      const created = await zapier.switchOn('new_contact');
      const changed = await zapier.switchOn('updated_contact');
      const tagged = await zapier.switchOn('contact_tagged', { tag: 'Pricing' });
      const polls = async () => [await created.poll(), await changed.poll(), await tagged.poll()];
      expect(await polls()).toEqual([[], [], []]);

      const { id: contactId } = await zapier.create('create_contact', nora);
      expect(await polls()).toMatchObject([[{ id: contactId }], [{ id: contactId, name: 'Nora Berg' }], []]);
      await zapier.create('update_contact', { contactId, tags: ['pricing'] });
      expect(await polls()).toMatchObject([[], [{ id: contactId }], [{ id: contactId, tag: 'pricing' }]]);
      await zapier.create('update_contact', { contactId, city: 'Oslo' });
      expect(await polls()).toMatchObject([[], [{ id: contactId, city: 'Oslo' }], []]);
    });

    test.each([
      [
        'creates.create_contact',
        {},
        'Please fill in "Email", "Phone", "First Name", or "Last Name". HighLevel creates no contact without one of them.',
      ],
      [
        'creates.create_contact',
        { email: 'nora at example' },
        '"Email" isn\'t a valid email address: "nora at example".',
      ],
      [
        'creates.create_contact',
        { email: `${'n'.repeat(250)}@example.com` },
        `"Email" isn't a valid email address: "${'n'.repeat(60)}…".`,
      ],
      [
        'creates.create_contact',
        { phone: 'after 6 p.m.' },
        '"Phone" isn\'t a valid phone number: "after 6 p.m.". Include the country code, such as +14155550132.',
      ],
      [
        'creates.create_contact',
        { email: nora.email, dnd: 'maybe' },
        '"Do Not Disturb" can\'t be "maybe". Use Yes or No.',
      ],
      [
        'creates.create_or_update_contact',
        { firstName: 'Nora' },
        'Please fill in "Email" or "Phone". HighLevel finds existing contacts by them.',
      ],
      [
        'creates.update_contact',
        { contactId: 'c1', dndChannels: ['SMS'], allowChannels: ['SMS'] },
        '"Do Not Disturb Channels" and "Channels to Allow Again" contradict each other: both have "Text Messages (SMS)". Choose each channel in one of them.',
      ],
      [
        'creates.create_or_update_contact',
        { email: nora.email, gender: 'unknown' },
        '"Gender" can\'t be "unknown". Use Male, Female, or Other.',
      ],
      ['creates.update_contact', { city: 'Oslo' }, 'Please fill in "Contact".'],
      [
        'creates.update_contact',
        { contactId: 'c1', city: ' ' },
        'Nothing to update. Please fill in at least one field besides "Contact".',
      ],
      [
        'creates.update_contact',
        { contactId: 'c1', clear: ['country'] },
        '"Fields to Clear": "Country" can\'t be cleared in HighLevel.',
      ],
      [
        'creates.update_contact',
        { contactId: 'c1', city: 'Oslo', clear: ['city'] },
        '"Fields to Clear": "City" is also filled in by this step. Clear it or fill it in, but not both.',
      ],
      ['creates.delete_contact', { contactId: ' ' }, 'Please fill in "Contact".'],
      [
        'creates.delete_contact',
        { contactId: nora.email },
        '"Contact" needs a HighLevel contact ID, not "nora.berg@example.com". Choose a contact from the list, or map the Contact ID of a Find Contact step.',
      ],
      ['creates.set_business', { contactIds: [] }, 'Please fill in "Contacts".'],
      ['searches.find_contact', {}, 'Please fill in "Email", "Phone", "Search Text", or "Contact".'],
      ['searches.find_contacts', { limit: '501' }, '"Limit" can\'t be more than 500.'],
      ['searches.find_contacts', { limit: 'all' }, '"Limit" isn\'t a number: "all".'],
      [
        'triggers.new_contact',
        { businessId: 'Example Ltd' },
        '"Company" needs a HighLevel company ID, not "Example Ltd". Choose a company from the list, or map the Company ID of a Find Company step.',
      ],
      [
        'triggers.updated_contact',
        { assignedTo: { id: 'u1' } },
        '"Owner" takes one value. Map a single value instead of a group.',
      ],
      ['triggers.contact_field_updated', { field: ' ' }, 'Please fill in "Field".'],
      ['triggers.contact_tagged', { tag: '' }, 'Please fill in "Tag".'],
    ])('%s rejects %j', async (operation, input, sentence) => {
      expect(await day.refusal(operation, input)).toBe(sentence);
    });
  });
