import * as z from 'zod';
import { InputError } from '../lib/base/errors.ts';
import { contactIdField, flag, longText, noteIdField, taskIdField, text } from '../lib/schema/fields.ts';
import { updateMessage } from '../lib/capture/update.ts';
import { createOnce } from '../lib/resources/create_once.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'send_jivochat_update',
  noun: 'Update',
  display: {
    label: 'Send Update to JivoChat',
    description:
      'Tells the agents in JivoChat about a task, a note or anything else. It comes as a new message in the Chat API channel of this connection, not as a note on the old chat.',
  },
  input: z.object({
    contactId: contactIdField
      .optional()
      .describe(
        'Whom the update is about. Agents see the name and a link to the contact. Needed to show a task or a note.',
      ),
    taskId: taskIdField
      .optional()
      .describe('Tells whether this task is open or completed, and when it is due.'),
    noteId: noteIdField.optional().describe('Shows the text of this note.'),
    text: longText('Text', 'Jane has paid the invoice.').optional().describe('Anything else, shown first.'),
  }),
  output: z.object({
    id: text('Message ID', 'highlevel-task-fa0ldVuKMz4BySvUBSJx-5f0c9a1be2d34478'),
    text: longText('Text', 'Task "Call Jane back" is open, due 2026-01-30 10:00.'),
    delivered: flag('Delivered', true),
  }),

  async perform(highlevel, input, { jivochat }) {
    if (!input.text && !input.taskId && !input.noteId) {
      throw new InputError('Text, Task or Note is required. Please fill at least one of them.');
    }
    if ((input.taskId || input.noteId) && !input.contactId) {
      throw new InputError(
        'Contact is required to show a task or a note. HighLevel keeps them with their contacts.',
      );
    }
    const deliver = jivochat();
    const message = await updateMessage(highlevel, input);
    await createOnce(highlevel, {
      kind: 'message',
      identity: message.message.id,
      outcome: 'the update arrived in JivoChat',
      onPurpose:
        'Check the channel in JivoChat. To send the update anyway, change Text, or replay this step after 24 hours.',
      send: () => deliver(message),
    });
    return { id: message.message.id, text: message.message.text, delivered: true };
  },
});
