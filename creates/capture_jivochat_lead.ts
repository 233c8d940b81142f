import { capture, type Captured } from '../lib/capture/capture.ts';
import { cardOf, opportunityLine, ownerLine, tagsLine, tasksLine } from '../lib/capture/card.ts';
import { eventOf, leadInput } from '../lib/capture/lead.ts';
import { isNoteworthy } from '../lib/capture/note.ts';
import { assigneeOf, CHAT_AGENT } from '../lib/capture/assignee.ts';
import type { WantedOpportunity } from '../lib/capture/opportunity.ts';
import { trackingInput, trackingValues } from '../lib/capture/tracking.ts';
import { traceOf } from '../lib/capture/trace.ts';
import { inTurn } from '../lib/capture/turn.ts';
import { HOUR } from '../lib/base/dates.ts';
import { ApiError, Halt, quoted } from '../lib/base/errors.ts';
import { noDetails, typedButUnused } from '../lib/capture/typed.ts';
import {
  choice,
  flag,
  id,
  nested,
  number,
  optional,
  pipelineIdField,
  pipelineStageIdField,
  tagsField,
  text,
  textList,
} from '../lib/schema/fields.ts';
import { leadFrom, type Lead } from '../lib/jivochat/lead.ts';
import type { HighLevel } from '../lib/highlevel/client.ts';
import type { Relay } from '../lib/relay/client.ts';
import { ifReadable, refusesDuplicate, subAccount, timeZone } from '../lib/resources/location.ts';
import { addNames } from '../lib/resources/names.ts';
import { create } from '../lib/zapier/operation.ts';
import { countryCode } from '../lib/base/countries.ts';
import { Contact } from '../lib/highlevel/records/contact.ts';
import { Note } from '../lib/highlevel/records/note.ts';
import { Opportunity } from '../lib/highlevel/records/opportunity.ts';
import { Task } from '../lib/highlevel/records/task.ts';

/** The rest of the run's time is reserved for the writes. */
const LOOKUP_MS = 8_000;
/** Ten years: more is a mistake, and would eventually exceed the range of dates. */
const MAX_HOURS = 87_600;

const { payload, chatId, ...visitorInput } = leadInput;

export default create({
  key: 'capture_jivochat_lead',
  noun: 'Lead',
  display: {
    label: 'Capture JivoChat Lead',
    description:
      'Creates or updates a contact from a chat, and adds a note and an optional task and opportunity.',
  },
  input: {
    payload,
    chatId,
    tags: tagsField
      .default(['jivochat'])
      .describe('Choose or type tags. These are added to the tags the contact already has.'),
    existingContact: choice(
      'If Contact Already Exists',
      { fill: 'Fill in blank fields only', overwrite: "Replace with the lead's details" },
      'fill',
    )
      .default('fill')
      .describe('Choose what happens to the fields of an existing contact.'),
    logNote: flag('Add Note', true)
      .default(true)
      .describe('Choose **Yes** to save the conversation as a note, one per chat.'),
    defaultCountry: optional(
      text('Default Country', 'US').meta({ editor: { type: 'string', dropdown: 'countries' } }),
      "Used for phone numbers without a country code when the visitor's country is unknown. Choose a country, or enter its two-letter code such as `US`. Leave blank to use the sub-account's country.",
    ),
    ...visitorInput,
    createTask: choice(
      'Create Follow-Up Task',
      { never: 'Never', missed: 'For missed chats and offline messages', always: 'Always' },
      'missed',
    )
      .default('never')
      .describe('Choose when to add a task to the contact, one per chat.'),
    taskTitle: text('Task Title', 'Follow up with Jane Doe')
      .default('Follow up with {name}')
      .describe("Use `{name}` to insert the visitor's name."),
    dueInHours: number('Task Due In (Hours)', 24)
      .narrowed((hours) => hours.min(0).max(MAX_HOURS))
      .default(24)
      .describe('Number of hours from now, such as `24`.'),
    assignedTo: optional(
      id('Task Owner', CHAT_AGENT).meta({
        editor: { type: 'string', dropdown: 'assignees', search: 'find_user.id' },
      }),
      "Choose a user, or map a user's ID or email. Leave blank to leave the task unassigned.",
    ),
    pipelineId: optional(
      pipelineIdField,
      "Choose a pipeline, or map a pipeline's ID, to create an opportunity, one per chat. An open one of the contact is used again. Leave blank for none.",
    ),
    pipelineStageId: optional(
      pipelineStageIdField,
      "Choose a stage of the pipeline above, or map a stage's ID. Leave blank for the first stage.",
    ),
    opportunityName: text('Opportunity Name', 'Jane Doe')
      .default('{name}')
      .describe("Use `{name}` to insert the visitor's name."),
    opportunityValue: optional(
      number('Opportunity Value', 1500),
      'Enter a number, such as `1500`. Only used for a new opportunity.',
    ),
    ...trackingInput,
  },
  output: {
    contact: nested('Contact', Contact),
    isNew: flag('Contact Is New', true),
    note: nested('Note', Note).nullable(),
    task: nested('Task', Task).nullable(),
    opportunity: nested('Opportunity', Opportunity).nullable(),
    warnings: textList('Warnings', []),
  },
  groups: [
    {
      key: 'event',
      label: 'Event',
      fields: ['payload', 'chatId', 'tags', 'existingContact', 'logNote', 'defaultCountry'],
    },
    {
      key: 'visitor',
      label: 'Visitor',
      fields: Object.keys(visitorInput),
      emphasize: false,
    },
    {
      key: 'task',
      label: 'Follow-Up Task',
      fields: ['createTask', 'taskTitle', 'dueInHours', 'assignedTo'],
      emphasize: false,
    },
    {
      key: 'opportunity',
      label: 'Opportunity',
      fields: ['pipelineId', 'pipelineStageId', 'opportunityName', 'opportunityValue'],
      emphasize: false,
    },
    { key: 'tracking', label: 'Tracking', fields: Object.keys(trackingInput), emphasize: false },
  ],
  // Two concurrent deliveries of one chat would both find no note and write it twice.
  lock: { key: 'jivochat-{{bundle.inputData.chatId}}', scope: ['auth'] },
  // 24 leads of 4 requests fit HighLevel's 100 requests per 10 seconds. Those of 5, with a task and an opportunity where
  // duplicates are allowed, may have to wait for HighLevel's limit within their run.
  throttle: { window: 10, limit: 24, scope: ['auth'] },

  async perform(highlevel, input, { relay }) {
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
    // A function, because a name may contain a replacement pattern such as $&.
    const withName = (typed: string) =>
      typed.replaceAll('{name}', () => lead.name ?? lead.email ?? lead.phone ?? 'the visitor');
    const trace = traceOf(lead);
    const captured = await inTurn(highlevel, trace, async () =>
      capture(highlevel, {
        lead,
        trace,
        tags: input.tags,
        customFields: trackingValues(input, lead),
        existingContact: input.existingContact,
        note: input.logNote && isNoteworthy(lead),
        task: wantsTask
          ? {
              title: withName(input.taskTitle),
              dueDate: new Date(highlevel.now() + input.dueInHours * HOUR)
                .toISOString()
                .replace(/\.\d{3}Z$/, 'Z'),
              ...(await assigneeOf(highlevel, input.assignedTo, lead, warnings)),
            }
          : undefined,
        opportunity: wantedOpportunity(input, withName, warnings),
        refusesDuplicates: refusesDuplicate(location, lead),
      }),
    );
    warnings.push(...captured.warnings);
    if (relay) warnings.push(...(await showCard(highlevel, relay, lead, captured)));
    return { ...captured, warnings };
  },
});

/** The opportunity that the step asks for. Without a pipeline, none: a lead is never lost for a field that belongs to one. */
function wantedOpportunity(
  input: {
    pipelineId?: string | undefined;
    pipelineStageId?: string | undefined;
    opportunityName: string;
    opportunityValue?: number | undefined;
  },
  withName: (text: string) => string,
  warnings: string[],
): WantedOpportunity | undefined {
  const { pipelineId, pipelineStageId, opportunityName, opportunityValue } = input;
  if (pipelineId === undefined) {
    if (pipelineStageId !== undefined || opportunityValue !== undefined)
      warnings.push('No opportunity was created, because "Pipeline" is blank.');
    return undefined;
  }
  return {
    pipelineId,
    name: withName(opportunityName),
    ...(pipelineStageId !== undefined && { pipelineStageId }),
    ...(opportunityValue !== undefined && { monetaryValue: opportunityValue }),
  };
}

/** The lead is captured by now, so the card may neither fail the step nor take long. */
const CARD_MS = 2_000;

/** Puts the contact's card, for the visitor's next chat. Returns a warning if that fails. */
async function showCard(
  highlevel: HighLevel,
  relay: Relay,
  { widgetId, visitorNumber, userToken }: Lead,
  captured: Captured,
): Promise<string[]> {
  const { contact, task, opportunity } = captured;
  try {
    await addNames(highlevel, captured);
    const tasks = task ? [tasksLine([task], await timeZone(highlevel))] : [];
    const card = {
      ...cardOf(contact),
      lines: [
        tagsLine(contact),
        ownerLine(contact),
        ...tasks,
        ...(opportunity ? [opportunityLine(opportunity)] : []),
      ],
      visitors: widgetId && visitorNumber ? [{ widgetId, number: visitorNumber }] : [],
      userTokens: userToken ? [userToken] : [],
    };
    await relay.putCard(card, { withinMs: CARD_MS });
    return [];
  } catch (error) {
    const reason = error instanceof ApiError ? error.reason : "The relay didn't respond.";
    return [`The contact isn't shown on the card in JivoChat. ${reason}`];
  }
}

/** The code of the step's country; undefined, with a warning, if it is not a country. */
function countryOf(given: string | undefined, warnings: string[]): string | undefined {
  const code = given === undefined ? undefined : countryCode(given);
  if (given !== undefined && code === undefined)
    warnings.push(`"Default Country" isn't a country, so it was ignored: ${quoted(given)}.`);
  return code;
}
