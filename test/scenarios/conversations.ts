import { aDay } from './story.ts';

/** Stories about messages, emails, forms and surveys. */
export const conversations = () =>
  describe('Conversations', () => {
    const day = aDay();
    const jane = () => day.pick('creates.send_message', 'contactId', 'Jane Doe');
    const stored = () => [...day.sandbox.store.messages.values()];

    test('a question comes in, is answered by SMS and email, and found with its answers', async () => {
      const { zapier, sandbox } = day;
      const { store } = sandbox;
      const contactId = await jane();
      const incoming = await zapier.switchOn('new_message');
      const outgoing = await zapier.switchOn('new_message', { direction: 'outbound', channels: ['email'] });
      const asked = { contactId, messageType: 'TYPE_WHATSAPP', body: 'Open on Sunday?', source: 'app' };
      const { id } = store.addMessage({ ...asked, direction: 'inbound' });
      store.addMessage({ ...asked, messageType: 'TYPE_ACTIVITY_CONTACT', direction: 'inbound' });
      expect(await incoming.poll()).toMatchObject([
        { id, contactId, contactName: 'Jane Doe', channel: 'WhatsApp', body: 'Open on Sunday?' },
      ]);

      const fromNumber = await day.pick('creates.send_message', 'fromNumber', '+14155550110');
      const attachments = ['https://example.com/prices.pdf'];
      const sms = await zapier.create('send_message', {
        contactId,
        channel: 'SMS',
        message: 'From ten to two.',
        fromNumber,
        attachments,
      });
      expect(sms).toMatchObject({ contactId, channel: 'SMS', direction: 'outbound', from: '+14155550110' });
      expect(store.messages.get(String(sms.id))).toMatchObject({ body: 'From ten to two.', attachments });
      const email = await zapier.create('send_email', {
        contactId,
        subject: 'Opening hours',
        body: 'Sunday: 10 < x < 14\n\nSee you & yours',
        cc: 'Maria Keller <Maria.Keller@example.com>, tom.baker@example.com',
        bcc: ['', 'archive@example.com'],
      });
      expect(store.messages.get(String(email.id))).toMatchObject({
        subject: 'Opening hours',
        body: '<p>Sunday: 10 &lt; x &lt; 14</p><p>See you &amp; yours</p>',
      });
      expect(email).toMatchObject({ conversationId: sms.conversationId, channel: 'Email' });
      expect(await incoming.poll()).toEqual([]);
      expect(await outgoing.poll()).toMatchObject([{ id: email.id, subject: 'Opening hours' }]);

      const [found] = await zapier.search('find_messages', { contactId, limit: 3 });
      expect(found).toMatchObject({
        id: sms.conversationId,
        contactName: 'Jane Doe',
        messages: [{ id: email.id }, { id: sms.id }, { id }],
        transcript: expect.stringMatching(
          /WhatsApp\] Jane Doe: Open on Sunday\?\n.*SMS\] Us: From ten to two\.\nhttps:.*\n.*Email\] Us: Opening hours$/s,
        ),
      });
      expect(
        await zapier.search('find_messages', { contactId, channels: ['WhatsApp', 'live chat'] }),
      ).toMatchObject([{ messages: [{ id }] }]);
      expect(await zapier.search('find_messages', { contactId, channels: ['TikTok'] })).toEqual([]);
      const other = await day.pick('creates.send_message', 'contactId', 'Omar Haddad');
      expect(await zapier.search('find_messages', { contactId: other })).toEqual([]);
    });

    test.each(['form', 'survey'] as const)('a %s is submitted, and its answers have names', async (kind) => {
      const { zapier, sandbox } = day;
      const { store } = sandbox;
      const [key, field] = [`new_${kind}_submission`, `${kind}Id`];
      const label = kind === 'form' ? 'Price request' : 'After your visit';
      const chosen = await day.pick(`triggers.${key}`, field, label);
      const zap = await zapier.switchOn(key, { [field]: chosen });
      const others = await zapier.switchOn(key);
      const contactId = await jane();
      const plan = store.customFields.find(({ name }) => name === 'Interests')?.id ?? '';
      const submission = {
        kind,
        contactId,
        name: 'Jane Doe',
        email: 'jane.doe@example.com',
        others: {
          full_name: 'Jane Doe',
          [plan]: ['Braces', 'Implants'],
          eventData: { page: { url: 'https://example.com/prices' } },
          fieldsOriSequance: [plan, 'full_name'],
          ip: '127.0.0.1',
        },
        createdAt: store.moment(),
      };
      store.submissions.set('s1', { ...submission, id: 's1', questionnaireId: chosen });
      store.submissions.set('s2', { ...submission, id: 's2', questionnaireId: 'another' });
      expect(await zap.poll()).toMatchObject([
        {
          id: 's1',
          [field]: chosen,
          [`${kind}Name`]: label,
          contactId,
          contactEmail: 'jane.doe@example.com',
          answers: { Interests: 'Braces, Implants', 'Full Name': 'Jane Doe' },
          fields: [
            { question: 'Interests', answer: 'Braces, Implants' },
            { question: 'Full Name', answer: 'Jane Doe' },
          ],
          pageUrl: 'https://example.com/prices',
        },
      ]);
      expect((await others.poll()).map(({ id }) => String(id)).toSorted()).toEqual(['s1', 's2']);
    });

    test('a refusal of HighLevel reaches the user, and nothing is sent', async () => {
      const { zapier, sandbox } = day;
      const contactId = await jane();
      const before = stored().length;
      Object.assign(sandbox.store.contacts.get(contactId) ?? {}, { dnd: true });
      const sending = zapier.create('send_message', { contactId, channel: 'SMS', message: 'Hello' });
      await expect(sending).rejects.toThrow(
        'HighLevel says: \\"Cannot send message as DND is active for SMS',
      );
      expect(stored()).toHaveLength(before);
    });

    const id = 'ocQHyuzHvysMo5N5VsXc';
    test.each([
      ['creates.send_message', {}, 'Please fill in "Contact", "Channel", and "Message".'],
      [
        'creates.send_message',
        { contactId: id, channel: 'SMS', message: ' \n ' },
        'Please fill in "Message".',
      ],
      [
        'creates.send_message',
        { contactId: id, channel: 'pigeon', message: 'Hi' },
        '"Channel" can\'t be "pigeon". Use SMS, WhatsApp, Facebook, Instagram, or Live Chat.',
      ],
      [
        'creates.send_message',
        { contactId: `${id},${id}`, channel: 'SMS', message: 'Hi' },
        `"Contact" needs a HighLevel contact ID, not "${id},${id}". Choose a contact from the list, or map the Contact ID of a Find Contact step.`,
      ],
      [
        'creates.send_message',
        { contactId: [id, 'b'], channel: 'SMS', message: 'Hi' },
        '"Contact" takes one value. Map a single value instead of a group.',
      ],
      [
        'creates.send_message',
        { contactId: id, channel: 'SMS', message: 'Hi', attachments: ['http://example.com/a.pdf'] },
        '"Attachments" has something that isn\'t a public URL: "http://example.com/a.pdf". Use URLs that start with https://.',
      ],
      [
        'creates.send_message',
        { contactId: id, channel: 'SMS', message: 'Hi', attachments: ['https://u:p@example.com/a.pdf'] },
        '"Attachments" has something that isn\'t a public URL: "https://u:p@example.com/a.pdf". Use URLs that start with https://.',
      ],
      [
        'creates.send_message',
        { contactId: id, channel: 'Facebook', message: 'Hi', fromNumber: '+14155550110' },
        '"From Number" is only for SMS and WhatsApp. Leave it blank for this channel.',
      ],
      [
        'creates.send_message',
        { contactId: id, channel: 'SMS', message: 'Hi', fromNumber: '+1' },
        '"From Number" isn\'t a valid phone number: "+1". Include the country code, such as +14155550132.',
      ],
      ['creates.send_email', { contactId: id }, 'Please fill in "Subject" and "Body".'],
      [
        'creates.send_email',
        { contactId: id, subject: 'Hi', body: 'Hi', cc: ['jane@example..com'] },
        '"CC" isn\'t a valid email address: "jane@example..com".',
      ],
      [
        'creates.send_email',
        { contactId: id, subject: 'Hi', body: 'Hi', bcc: 'a@example.com; Jane' },
        '"BCC" isn\'t a valid email address: "Jane".',
      ],
      [
        'creates.send_email',
        { contactId: id, subject: 'Hi', body: 'Hi', emailFrom: 'the office' },
        '"From Email" isn\'t a valid email address: "the office".',
      ],
      ['searches.find_messages', {}, 'Please fill in "Contact".'],
      ['searches.find_messages', { contactId: id, limit: 101 }, '"Limit" can\'t be more than 100.'],
      [
        'triggers.new_message',
        { direction: 'sideways' },
        '"Direction" can\'t be "sideways". Use Incoming, Outgoing, or Incoming and Outgoing.',
      ],
      [
        'triggers.new_message',
        { channels: ['SMS', 'fax'] },
        '"Channels" can\'t be "fax". Use SMS, Email, WhatsApp, Facebook, Instagram, Live Chat, Google Business, TikTok, or Call.',
      ],
      [
        'triggers.new_form_submission',
        { formId: 'Price request!' },
        '"Form" needs a HighLevel form ID, not "Price request!". Choose a form from the list.',
      ],
      [
        'triggers.new_survey_submission',
        { surveyId: 'a/b' },
        '"Survey" needs a HighLevel survey ID, not "a/b". Choose a survey from the list.',
      ],
    ])('%s rejects %j', async (operation, input, sentence) => {
      expect(await day.refusal(operation, input)).toBe(sentence);
    });
  });
