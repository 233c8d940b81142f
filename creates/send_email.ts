import { longText, optional, text, textList } from '../lib/schema/fields.ts';
import { SentEmail } from '../lib/highlevel/records/message.ts';
import { emailIn, emailList, htmlOf, recipientField, sendMessage } from '../lib/resources/messages.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'send_email',
  noun: 'Email',
  display: { label: 'Send Email', description: 'Sends an email to a contact.' },
  input: {
    contactId: recipientField,
    subject: text('Subject', 'Your appointment').describe('Enter the subject of the email.'),
    body: longText('Body', '<p>See you on Friday.</p>').describe(
      'Enter plain text or HTML. Emails that were sent cannot be taken back.',
    ),
    emailFrom: optional(
      text('From Email', 'office@example.com'),
      "Enter one of the sub-account's sender addresses. Leave blank to use its default address.",
    ),
    cc: optional(textList('CC', ['maria@example.com']), 'Enter email addresses that get a copy.'),
    bcc: optional(
      textList('BCC', ['archive@example.com']),
      'Enter email addresses that get a copy without the others seeing it.',
    ),
  },
  output: SentEmail,

  async perform(highlevel, { contactId, subject, body, emailFrom, ...copies }) {
    const from = emailFrom === undefined ? undefined : emailIn(emailFrom, 'From Email');
    const cc = emailList(copies.cc, 'CC');
    const bcc = emailList(copies.bcc, 'BCC');
    return sendMessage(highlevel, {
      type: 'Email',
      contactId,
      subject,
      html: htmlOf(body),
      ...(from && { emailFrom: from }),
      ...(cc.length > 0 && { emailCc: cc }),
      ...(bcc.length > 0 && { emailBcc: bcc }),
    });
  },
});
