import * as z from 'zod';
import { capture } from '../lib/capture/capture.ts';
import { eventOf, leadInput } from '../lib/capture/lead.ts';
import { isNoteworthy } from '../lib/capture/note.ts';
import { assigneeOf, CHAT_AGENT } from '../lib/capture/assignee.ts';
import { trackingInput, trackingValues } from '../lib/capture/tracking.ts';
import { traceOf } from '../lib/capture/trace.ts';
import { HOUR } from '../lib/base/dates.ts';
import { Halt, quoted } from '../lib/base/errors.ts';
import { noDetails, typedButUnused } from '../lib/capture/typed.ts';
import { choice, flag, id, number, tagsField, text, textList } from '../lib/schema/fields.ts';
import { leadFrom } from '../lib/jivochat/lead.ts';
import { ifReadable, refusesDuplicate, subAccount } from '../lib/resources/location.ts';
import { create } from '../lib/zapier/operation.ts';
import { countryCode } from '../lib/base/countries.ts';
import { Contact } from '../lib/highlevel/records/contact.ts';
import { Note } from '../lib/highlevel/records/note.ts';
import { Task } from '../lib/highlevel/records/task.ts';

/** The rest of the run's time is reserved for the writes. */
const LOOKUP_MS = 8_000;
/** Ten years: more is a mistake, and would eventually exceed the range of dates. */
const MAX_HOURS = 87_600;

export default create({
  key: 'capture_jivochat_lead',
  noun: 'Lead',
  display: {
    label: 'Capture JivoChat Lead',
    description:
      'Turns a chat or an offline message into a contact with its tags, a note and, if wanted, a follow-up task. Doing it again for the same chat adds only what is missing.',
  },
  input: z.object({
    ...leadInput,
    tags: tagsField.default(['jivochat']).describe('Added to the tags the contact has already.'),
    existingContact: choice(
      'Existing Contact',
      { fill: 'Fill only its empty fields', overwrite: 'Replace its fields by those of the lead' },
      'fill',
    )
      .default('fill')
      .describe('What to do with the fields of a contact that is there already.'),
    logNote: flag('Log Note', true)
      .default(true)
      .describe('Keeps the conversation as a note on the contact: one note per chat.'),
    createTask: choice(
      'Create Task',
      { never: 'Never', missed: 'For missed chats and offline messages', always: 'Always' },
      'missed',
    )
      .default('never')
      .describe('Adds a follow-up task to the contact: one task per chat.'),
    taskTitle: text('Task Title', 'Follow up with Jane Doe')
      .default('Follow up with {name}')
      .describe('Write `{name}` where the name of the visitor belongs.'),
    dueInHours: number('Due in Hours', 24)
      .min(0)
      .max(MAX_HOURS)
      .default(24)
      .describe('The task is due so many hours after this step has run.'),
    assignedTo: id('Assign Task To', CHAT_AGENT)
      .meta({
        title: 'Assign Task To',
        editor: { type: 'string', dropdown: 'assignees', search: 'find_user.id' },
      })
      .optional()
      .describe('Nobody if empty.'),
    defaultCountry: text('Default Country', 'US')
      .meta({ editor: { type: 'string', dropdown: 'countries' } })
      .optional()
      .describe(
        'The country whose phone numbers are meant when a number has no country code and the country of the visitor is unknown. The country of your sub-account if empty.',
      ),
    ...trackingInput,
  }),
  output: z.object({
    contact: Contact.meta({ title: 'Contact' }),
    isNew: flag('Contact Is New', true),
    note: Note.nullable().meta({ title: 'Note' }),
    task: Task.nullable().meta({ title: 'Task' }),
    warnings: textList('Warnings', []),
  }),
  // Two concurrent deliveries of one chat would both find no note and write it twice.
  lock: { key: 'jivochat-{{bundle.inputData.chatId}}', scope: ['auth'] },
  // 24 leads of 4 requests fit HighLevel's 100 requests per 10 seconds.
  throttle: { window: 10, limit: 24, scope: ['auth'] },

  async perform(highlevel, input) {
    const { event, warnings } = eventOf(input);
    if (event.chat.blacklisted)
      throw new Halt('The visitor is on the blacklist in JivoChat, so nothing was written to HighLevel.');
    const location = await ifReadable(subAccount(highlevel, { withinMs: LOOKUP_MS }), undefined);
    const read = leadFrom(event, {
      defaultCountry: countryOf(input.defaultCountry, warnings),
      accountCountry: location?.country,
      timezone: highlevel.zapZone ?? location?.timezone,
    });
    const lead = { ...read, missed: input.missed ?? read.missed };
    if (!lead.email && !lead.phone) throw new Halt([noDetails(lead), ...warnings].join(' '));
    warnings.push(...typedButUnused(lead));
    const wantsTask = input.createTask === 'always' || (input.createTask === 'missed' && lead.missed);
    const captured = await capture(highlevel, {
      lead,
      trace: traceOf(lead),
      tags: input.tags,
      customFields: trackingValues(input, lead),
      existingContact: input.existingContact,
      note: input.logNote && isNoteworthy(lead),
      task: wantsTask
        ? {
            // A function, because a name may contain a replacement pattern such as $&.
            title: input.taskTitle.replaceAll(
              '{name}',
              () => lead.name ?? lead.email ?? lead.phone ?? 'the visitor',
            ),
            dueDate: new Date(highlevel.now() + input.dueInHours * HOUR)
              .toISOString()
              .replace(/\.\d{3}Z$/, 'Z'),
            ...(await assigneeOf(highlevel, input.assignedTo, lead, warnings)),
          }
        : undefined,
      refusesDuplicates: refusesDuplicate(location, lead),
    });
    return { ...captured, warnings: [...warnings, ...captured.warnings] };
  },
});

/** The code of the step's country; undefined, with a warning, if it is not a country. */
function countryOf(given: string | undefined, warnings: string[]): string | undefined {
  const code = given === undefined ? undefined : countryCode(given);
  if (given !== undefined && code === undefined)
    warnings.push(`Default Country: ${quoted(given)} is not a country, so it was ignored.`);
  return code;
}
