import app from '../../index.ts';
import { aDay } from './story.ts';

/** Stories about notes. */
export const notes = () =>
  describe('Notes', () => {
    const day = aDay();
    const jane = () => day.pick('creates.create_note', 'contactId', 'Jane Doe');
    const stored = (id: unknown) => day.sandbox.store.notes.get(String(id));

    test.each([
      ['of 10,000 characters', 'Zahnärztin '.repeat(1_000).slice(0, 10_000)],
      ['with emoji and words from right to left', '👩‍👩‍👧 אמא שלחה 🦷 شكرا\n\tعلى الموعد'],
      ['with merge tags of HighLevel', 'Hello {{contact.first_name}}, {{ user.name }} will call.'],
      ['with blanks around it, quotes and HTML', '  "Prices" <b>2026</b> & \'more\' \\o/ \n'],
    ])('a note %s is stored in HighLevel as it was typed', async (_, body) => {
      const made = await day.zapier.create('create_note', { contactId: await jane(), body });
      expect(made.body).toBe(body);
      expect(stored(made.id)?.body).toBe(body);
    });

    test('a note is created, returned by the triggers, updated, found and deleted', async () => {
      const { zapier } = day;
      const contactId = await jane();
      const anywhere = await zapier.switchOn('new_note');
      const hers = await zapier.switchOn('updated_note', { contactId });
      const polls = async () => [await anywhere.poll(), await hers.poll()];
      expect(await polls()).toEqual([[], []]);

      const userId = await day.pick('creates.create_note', 'userId', 'Tom Baker');
      const written = { body: 'Wants braces', title: 'Chat', color: '#FFAA00', pinned: 'yes' };
      const note = await zapier.create('create_note', { contactId, userId, ...written });
      expect(note).toMatchObject({ ...written, pinned: true, userId, contactId });
      const { id: noteId } = note;
      expect(await polls()).toMatchObject([[{ id: noteId, contactId }], [{ id: noteId }]]);

      await zapier.create('update_note', {
        contactId,
        noteId,
        body: 'Wants implants',
        title: '',
        color: null,
      });
      expect(stored(noteId)).toMatchObject({ ...written, pinned: true, body: 'Wants implants' });
      expect(await polls()).toMatchObject([[], [{ id: noteId, body: 'Wants implants', title: 'Chat' }]]);
      expect(await polls()).toEqual([[], []]);

      expect(await zapier.search('find_note', { contactId, text: 'IMPLANTS' })).toMatchObject([
        { id: noteId },
      ]);
      expect(await zapier.search('find_note', { contactId, noteId })).toMatchObject([
        { id: noteId, contactId },
      ]);
      expect(await zapier.search('find_notes', { contactId })).toMatchObject([
        { id: noteId },
        { title: null },
      ]);
      expect(await zapier.search('find_notes', { contactId, text: 'crown' })).toEqual([]);
      expect(await zapier.search('find_notes', { contactId, userId: 'Tom Baker' })).toMatchObject([
        { id: noteId, userName: 'Tom Baker' },
      ]);

      expect(await zapier.create('delete_note', { contactId, noteId })).toEqual({
        id: noteId,
        contactId,
        deleted: true,
        url: expect.stringContaining(`/detail/${contactId}`),
      });
      expect(await zapier.search('find_note', { contactId, noteId })).toEqual([]);
      expect(await zapier.search('find_notes', { contactId })).toHaveLength(1);
    });

    test('the note triggers return only the notes of a chosen author', async () => {
      const { zapier } = day;
      const contactId = await jane();
      const [tom, maria] = ['Tom Baker', 'Maria Keller'];
      const zaps = [
        await zapier.switchOn('new_note', { userId: tom }),
        await zapier.switchOn('new_note', { userId: tom, contactId }),
        await zapier.switchOn('updated_note', { userId: tom, contactId }),
      ];
      await zapier.create('create_note', { contactId, body: 'Hers', userId: maria });
      await zapier.create('create_note', { contactId, body: 'His', userId: tom });
      for (const zap of zaps) expect(await zap.poll()).toMatchObject([{ body: 'His', userName: tom }]);
    });

    test('a note is found, or added if it is not there', async () => {
      const { zapier } = day;
      const contactId = await jane();
      const { search, create } = app.searchOrCreates?.find_note ?? {};
      expect(await zapier.search(String(search), { contactId, text: 'Braces in May' })).toEqual([]);
      const meta = { withSearch: String(search) };
      await zapier.call(`creates.${create}.operation.perform`, { contactId, body: 'Braces in May' }, meta);
      expect(await zapier.search(String(search), { contactId, text: 'Braces in May' })).toHaveLength(1);
    });

    test.each([
      ['creates.create_note', {}, 'Please fill in "Contact" and "Note Text".'],
      ['creates.create_note', { contactId: 'c1', body: ' \n' }, 'Please fill in "Note Text".'],
      [
        'creates.create_note',
        { contactId: 'c1', body: 'Hi', pinned: '2' },
        '"Pinned" can\'t be "2". Use Yes or No.',
      ],
      ['creates.update_note', { contactId: 'c1', body: 'Hi' }, 'Please fill in "Note".'],
      [
        'creates.update_note',
        { contactId: 'c1', noteId: 'n1', body: ['a', 'b'] },
        '"Note Text" takes one value. Map a single value instead of a group.',
      ],
      ['creates.delete_note', { contactId: 'c1' }, 'Please fill in "Note".'],
      ['searches.find_note', { text: 'implants' }, 'Please fill in "Contact".'],
      [
        'searches.find_notes',
        { contactId: 'Jane Doe' },
        '"Contact" needs a HighLevel contact ID, not "Jane Doe". Choose a contact from the list, or map the Contact ID of a Find Contact step.',
      ],
      [
        'triggers.new_note',
        { businessId: 'a/b' },
        '"Company" needs a HighLevel company ID, not "a/b". Choose a company from the list, or map the Company ID of a Find Company step.',
      ],
      ['triggers.updated_note', {}, 'Please fill in "Contact".'],
    ])('%s rejects %j', async (operation, input, sentence) => {
      expect(await day.refusal(operation, input)).toBe(sentence);
    });
  });
