import { InputError } from '../lib/base/errors.ts';
import {
  contactIdField,
  flag,
  longText,
  noteIdField,
  optional,
  taskIdField,
  text,
} from '../lib/schema/fields.ts';
import { updateMessage } from '../lib/capture/update.ts';
import { createOnce } from '../lib/resources/create_once.ts';
import { create } from '../lib/zapier/operation.ts';

export default create({
  key: 'send_jivochat_update',
  noun: 'Update',
  display: {
    label: 'Send Update to JivoChat',
    description: 'Sends agents a message about a contact, task, or note through a Chat API channel.',
  },
  input: {
    contactId: optional(
      contactIdField,
      'Choose a contact, or map the Contact ID of an earlier step. Required if you choose a task or a note. Agents see the name and a link.',
    ),
    taskId: optional(
      taskIdField,
      'Choose a task of the contact above, or map a Task ID. Tells agents whether the task is open and when it is due.',
    ),
    noteId: optional(
      noteIdField,
      "Choose a note of the contact above, or map a Note ID. Shows agents the note's text.",
    ),
    text: optional(
      longText('Message', 'Jane has paid the invoice.'),
      'Enter a message. It is shown first, in a new message of the Chat API channel, not in the old chat. Fill in Message, Task, or Note.',
    ),
  },
  output: {
    id: text('Message ID', 'highlevel-task-fa0ldVuKMz4BySvUBSJx-5f0c9a1be2d34478'),
    text: longText('Message', 'Task "Call Jane back" is open, due 2026-01-30 10:00.'),
    delivered: flag('Delivered', true),
  },

  async perform(highlevel, input, { jivochat }) {
    if (!input.text && !input.taskId && !input.noteId) {
      throw new InputError('Please fill in "Message", "Task", or "Note".');
    }
    if ((input.taskId || input.noteId) && !input.contactId) {
      throw new InputError('Please fill in "Contact". HighLevel keeps tasks and notes with their contacts.');
    }
    const deliver = jivochat();
    const message = await updateMessage(highlevel, input);
    await createOnce(highlevel, {
      kind: 'message',
      identity: message.message.id,
      outcome: 'the update arrived in JivoChat',
      onPurpose:
        'Check the channel in JivoChat. To send the update anyway, change "Message", or replay this step after 24 hours.',
      send: () => deliver(message),
    });
    return { id: message.message.id, text: message.message.text, delivered: true };
  },
});
