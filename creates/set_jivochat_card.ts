import * as z from 'zod';
import { ApiError, InputError } from '../lib/base/errors.ts';
import { settleAll } from '../lib/base/settle.ts';
import {
  cardOf,
  noteLine,
  opportunityLine,
  ownerLine,
  tagsLine,
  tasksLine,
  textLine,
} from '../lib/capture/card.ts';
import { contactIdField, Field, flag, id, longText, optional, text } from '../lib/schema/fields.ts';
import { writtenContact } from '../lib/resources/contacts.ts';
import { timeZone } from '../lib/resources/location.ts';
import { addNames } from '../lib/resources/names.ts';
import { newestFirst } from '../lib/resources/notes.ts';
import { openOpportunity, opportunitiesFrom } from '../lib/resources/opportunities.ts';
import { tasksOfContact } from '../lib/resources/tasks.ts';
import { noteFrom } from '../lib/highlevel/records/note.ts';
import { taskFrom } from '../lib/highlevel/records/task.ts';
import { create } from '../lib/zapier/operation.ts';

const FIELDS = {
  tags: 'Tags',
  owner: 'Owner',
  tasks: 'Tasks',
  note: 'Latest Note',
  opportunity: 'Open Opportunity',
} as const;
/** Without the opportunity, which only some connections may read. */
const USUAL = ['tags', 'owner', 'tasks', 'note'] as const;

export default create({
  key: 'set_jivochat_card',
  noun: 'Card',
  display: {
    label: 'Show on JivoChat Card',
    description: "Shows a contact's details to agents when they accept the contact's next chat.",
  },
  input: {
    contactId: contactIdField,
    fields: optional(
      new Field(() => z.array(z.enum([...USUAL, 'opportunity'])), {
        title: 'Details to Show',
        example: ['tags', 'tasks'],
        editor: { type: 'string', list: true, choices: FIELDS },
      }),
      'Choose what agents see. Leave blank for tags, owner, tasks, and the latest note.',
    ),
    text: optional(
      longText('Message', 'Asked for a refund.'),
      'Enter a message to show on the card. Leave blank to keep the present message.',
    ),
    chatId: optional(
      text('JivoChat Chat', '7607'),
      "Map the Chat ID of New JivoChat Event to show the card to this chat's visitor.",
    ),
    widgetId: optional(
      text('Widget ID', '3948'),
      'Map the Widget ID of New JivoChat Event. Required if you fill in Visitor Number.',
    ),
    visitorNumber: optional(
      text('Visitor Number', '2198'),
      'Map the Visitor Number of New JivoChat Event to show the card to this visitor.',
    ),
    userToken: optional(
      text('User Token', 'f3c1a9'),
      'Map the User Token of New JivoChat Event if your website sets one for signed-in visitors.',
    ),
  },
  output: {
    contactId: id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    card: longText('Card', 'Tags: jivochat, pricing\nTasks: Call Jane back: due Jan 30, 10:00 AM'),
    shown: flag('Card Saved', true),
  },

  async perform(highlevel, input, { relay }) {
    if (input.visitorNumber && !input.widgetId)
      throw new InputError('Please fill in "Widget ID". Each widget counts its visitors itself.');
    if (!relay)
      throw new ApiError('refused', 'This edition of the integration has no relay.', { system: 'relay' });
    const { contactId } = input;
    const wanted = new Set<string>(input.fields?.length ? input.fields : USUAL);
    const path = { contactId };
    const [found, tasks, notes, open] = await settleAll([
      highlevel.request('GET /contacts/{contactId}', { path }),
      wanted.has('tasks') ? tasksOfContact(highlevel, contactId) : undefined,
      wanted.has('note') ? highlevel.request('GET /contacts/{contactId}/notes', { path }) : undefined,
      wanted.has('opportunity') ? openOpportunity(highlevel, { contactId }) : undefined,
    ]);
    const contact = await writtenContact(highlevel, found.contact);
    if (wanted.has('owner')) await addNames(highlevel, contact);
    const [opportunity] = await opportunitiesFrom(highlevel, open ? [open] : []);
    if (opportunity) await addNames(highlevel, opportunity);
    const [note] = notes?.notes.toSorted(newestFirst) ?? [];
    const lines = [
      ...(wanted.has('tags') ? [tagsLine(contact)] : []),
      ...(wanted.has('owner') ? [ownerLine(contact)] : []),
      ...(tasks
        ? [
            tasksLine(
              tasks.map((task) => taskFrom(task, highlevel.contactUrl, contactId)),
              await timeZone(highlevel),
            ),
          ]
        : []),
      ...(wanted.has('opportunity') ? [opportunityLine(opportunity)] : []),
      ...(notes ? [noteLine(note && noteFrom(note, highlevel.contactUrl, contactId))] : []),
      ...(input.text ? [textLine(input.text)] : []),
    ];
    await relay.putCard({
      ...cardOf(contact),
      lines,
      ...(input.widgetId &&
        input.visitorNumber && { visitors: [{ widgetId: input.widgetId, number: input.visitorNumber }] }),
      ...(input.chatId && { chatIds: [input.chatId] }),
      ...(input.userToken && { userTokens: [input.userToken] }),
    });
    const card = lines.flatMap(({ title, content }) => (content === null ? [] : [`${title}: ${content}`]));
    return { contactId, card: card.join('\n'), shown: true };
  },
});
