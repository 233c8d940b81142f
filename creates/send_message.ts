import { choice, longText, optional, text, textList } from '../lib/schema/fields.ts';
import { SentTextMessage } from '../lib/highlevel/records/message.ts';
import { attachmentUrls, recipientField, senderNumber, sendMessage } from '../lib/resources/messages.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'send_message',
  noun: 'Message',
  display: {
    label: 'Send Message',
    description: 'Sends an SMS, WhatsApp, Facebook, Instagram, or live chat message to a contact.',
  },
  input: {
    contactId: recipientField,
    channel: choice(
      'Channel',
      { SMS: 'SMS', WhatsApp: 'WhatsApp', FB: 'Facebook', IG: 'Instagram', Live_Chat: 'Live Chat' },
      'SMS',
    ).describe('Choose how to send it. The channel must be set up in the sub-account.'),
    message: longText('Message', 'Yes, from ten to two.').describe(
      'Enter the text of the message. Messages that were sent cannot be taken back.',
    ),
    fromNumber: optional(
      text('From Number', '+14155550110').meta({ editor: { type: 'string', dropdown: 'phoneNumbers' } }),
      "Only for SMS and WhatsApp. Choose one of the sub-account's phone numbers. Leave blank to use its default number.",
    ),
    attachments: optional(
      textList('Attachments', ['https://example.com/price-list.pdf']),
      'Enter public URLs of files, such as `https://example.com/price-list.pdf`.',
    ),
  },
  output: SentTextMessage,

  async perform(highlevel, { channel: type, contactId, message, fromNumber, attachments }) {
    const urls = attachmentUrls(attachments);
    const number = await senderNumber(highlevel, fromNumber, type);
    return sendMessage(highlevel, {
      type,
      contactId,
      message,
      ...(number && { fromNumber: number }),
      ...(urls.length > 0 && { attachments: urls }),
    });
  },
});
