import { CHUNK_SIZE as BUSINESS_CHUNK } from '../../../creates/set_business.ts';
import { CHUNK_SIZE as TAG_CHUNK } from '../../../creates/tag_contacts.ts';
import { DAYS_AHEAD, DAYS_BACK } from '../../../lib/polling/appointments.ts';
import { MAX_DAYS_OVERDUE } from '../../../lib/polling/due_tasks.ts';
import { MAX_BY_PAGE_NUMBER, MAX_PAGES_BY_CURSOR } from '../../../lib/polling/search.ts';
import * as messages from '../../../lib/polling/messages.ts';
import { CONTACTS } from '../../../lib/polling/notes.ts';
import * as submissions from '../../../lib/polling/submissions.ts';
import * as businesses from '../../../lib/resources/businesses.ts';
import * as contacts from '../../../lib/resources/contacts.ts';
import { SECONDS } from '../../../lib/resources/location.ts';
import { MAX_MESSAGE_PAGES, MESSAGES_PAGE } from '../../../lib/resources/messages.ts';
import { MAX_NOTE_PAGES, NOTES_PAGE } from '../../../lib/resources/notes.ts';
import { SUBMISSIONS_PAGE } from '../../../lib/resources/submissions.ts';
import * as opportunities from '../../../lib/resources/opportunities.ts';
import * as tasks from '../../../lib/resources/tasks.ts';

const number = (value: number) => value.toLocaleString('en');
const perDay = (requests: number) => `${number(requests * 1440)} a day at one poll a minute`;
const MEMBERS = number(businesses.MAX_PAGES * businesses.PAGE_SIZE);

const ANY_CONTACT = `part of a burst of changes that is larger than one poll returns, if another Zap with the same trigger and filters polls on the same connection; members of a company beyond the first ${MEMBERS}, if the search results do not name their company; changes during a pause of more than an hour, if another Zap with the same trigger and filters kept polling.`;
const contactPoll = (what: string) =>
  `1 request per poll (${perDay(1)}), however many contacts there are. With K ${what} in the last hour, up to ceil(K/${contacts.PAGE_SIZE})+1 requests, at most ${MAX_PAGES_BY_CURSOR + 1}; what one poll cannot return, the next ones do. With a company, up to ${businesses.MAX_PAGES} more when a contact does not name its company.`;
const recent = (what: string) =>
  `1 request per poll (${perDay(1)}), however many opportunities there are. With K ${what} in the last hour, up to ceil(K/${opportunities.PAGE_SIZE})+1 requests, at most ${MAX_PAGES_BY_CURSOR + 1}; what one poll cannot return, the next ones do.`;
const ANY_OPPORTUNITY = `Also part of a burst of changes that is larger than one poll returns, if another Zap with the same trigger and filters polls on the same connection; changes during a pause of more than an hour, if another Zap with the same trigger and filters kept polling. If more than ${number(MAX_BY_PAGE_NUMBER)} opportunities match, old ones may trigger when they come among the newest.`;
const TASKS = `1 request per ${tasks.PAGE} tasks that match the filters, because HighLevel can neither sort tasks nor filter them by date.`;

const submissionPoll = (kind: string) => ({
  cost: `1 request per ${SUBMISSIONS_PAGE} submissions since yesterday (${perDay(1)}), because HighLevel filters them by day only and does not document their order; at most ${submissions.MAX_PAGES}. With more, only the newest day is read. One more request every ${SECONDS / 60} minutes for the names of the questions, and one for those of the ${kind}s, while there are new submissions.`,
  misses: `submissions that HighLevel does not list, such as those of two-step order forms; more than ${number(submissions.MAX_PAGES * SUBMISSIONS_PAGE)} submissions a day, with which the trigger fails and asks to choose a ${kind}.`,
});

const TASK_SEARCH = {
  cost: `1 request for a contact, otherwise 1 per ${tasks.PAGE} tasks, at most ${tasks.MAX_TASKS / tasks.PAGE}.`,
  misses: `without a contact, tasks beyond the first ${number(tasks.MAX_TASKS)}.`,
};

const OPPORTUNITY_SEARCH = {
  cost: '1 request; 2 without a status, if there are fewer open opportunities than results wanted.',
  misses:
    "what changed within the last seconds, which HighLevel's search does not know yet; by ID, custom fields and the lost reason, which HighLevel leaves out there.",
};

/** The cost of an operation that has no entry of its own. Tests run these operations and count. */
export const USUAL_COST = '1 request.';

/** The requests of an operation, and its limits. The bench and the poll simulator measure both. */
export const costs: Record<string, { cost: string; misses?: string }> = {
  new_contact: {
    cost: contactPoll('new contacts'),
    misses: `a contact that starts to match the filters more than a day after it was added; ${ANY_CONTACT}`,
  },
  updated_contact: {
    cost: contactPoll('changes'),
    misses: ANY_CONTACT,
  },
  contact_tagged: {
    cost: 'same as New or Updated Contact.',
    misses: `a tag that is removed and added again, which triggers only the first time; ${ANY_CONTACT} If more than ${number(MAX_BY_PAGE_NUMBER)} contacts have the tag, old ones may trigger when they change.`,
  },
  contact_field_updated: {
    cost: `same as New or Updated Contact. Turning the Zap on reads every contact that matches, ${contacts.PAGE_SIZE} a request.`,
    misses: `a value that returns to an earlier one; a value that changes again before the next poll; a value cleared on a contact that was added after the Zap was turned on, if no poll saw the value; ${ANY_CONTACT} The Zap cannot be turned on if more than ${number(MAX_BY_PAGE_NUMBER)} contacts match: choose Tags or Value.`,
  },
  new_task: {
    cost: `${TASKS} 20,000 tasks take ${number(20_000 / tasks.PAGE + 1)} requests per poll (${perDay(20_000 / tasks.PAGE + 1)}); HighLevel allows 200,000 requests a day. Choose an owner or a contact if there are many tasks.`,
    misses: 'a task that starts to match the filters more than a day after it was added.',
  },
  updated_task: { cost: 'same as New Task.' },
  completed_task: {
    cost: 'same as New Task, for completed tasks only.',
    misses: 'a task that is reopened and completed again.',
  },
  task_due: {
    cost: 'same as New Task, for open tasks only.',
    misses: `tasks that were due more than ${MAX_DAYS_OVERDUE} days before a poll, such as while the Zap was off.`,
  },
  new_note: {
    cost: `1 request per poll for a chosen contact. Without one, and without tags and a company, 1 request per ${NOTES_PAGE} new notes where HighLevel lets the connection search all notes, which nobody has confirmed yet. Where it does not, the app asks again a day later (2 requests) and, as with tags or a company, sends up to ${CONTACTS + 1} (${perDay(CONTACTS + 1)}), and fewer when other Zaps have used up most of the rate limit.`,
    misses: `where HighLevel lets the connection search all notes, notes beyond ${number(MAX_NOTE_PAGES * NOTES_PAGE)} between two polls. Where it does not, or with tags or a company, notes on contacts other than the ${CONTACTS} with the most recent activity; with a company, also notes on its contacts beyond the first ${MEMBERS}. HighLevel may not count a note as activity. A note added within an hour before the Zap was turned on may trigger when its contact becomes one of the ${CONTACTS}. New HighLevel Event is instant and does not have these limits.`,
  },
  updated_note: { cost: `1 request per poll (${perDay(1)}).` },
  new_appointment: {
    cost: '1 request per poll for a chosen calendar or user, 1 for a contact, 2 if HighLevel sends times without an offset, otherwise one more than the number of calendars.',
    misses: `appointments that start more than ${DAYS_AHEAD} days ahead or started more than ${DAYS_BACK} days ago.`,
  },
  new_opportunity: { cost: recent('opportunities added'), misses: ANY_OPPORTUNITY },
  updated_opportunity: {
    cost: recent('changes'),
    misses: `a change that is followed by another one before the next poll. ${ANY_OPPORTUNITY}`,
  },
  opportunity_stage_changed: {
    cost: recent('changes of stages'),
    misses: `a move that is followed by another one before the next poll; a move within two seconds of the creation. ${ANY_OPPORTUNITY}`,
  },
  opportunity_status_changed: {
    cost: recent('changes of statuses'),
    misses: `a change that is followed by another one before the next poll; a change within two seconds of the creation. ${ANY_OPPORTUNITY}`,
  },
  new_message: {
    cost: `2 requests per poll (${perDay(2)}), one for emails and one for all other messages; 1 if Channels is filled in without Email. With K messages of any direction in the last hour, events included, up to ceil(K/${messages.PAGE_SIZE})+1 for each of the two, at most ${messages.MAX_PAGES + 1}; what one poll cannot return, the next ones do.`,
    misses: `messages in group chats and SMS review requests, which HighLevel does not list; the text of emails, which HighLevel's list may leave out; messages that HighLevel lists more than an hour after they were added; if there are more than ${number(messages.MAX_PAGES * messages.PAGE_SIZE)} messages within one second, some of those.`,
  },
  new_form_submission: submissionPoll('form'),
  new_survey_submission: submissionPoll('survey'),
  send_message: {
    cost: '1 request; after an unconfirmed try, 2 more to look for the message in the conversation.',
  },
  send_email: {
    cost: '1 request; after an unconfirmed try, 2 more to look for the email in the conversation.',
  },
  find_messages: {
    cost: `2 requests; 1 more per ${MESSAGES_PAGE} events and messages on other channels among the latest, at most ${MAX_MESSAGE_PAGES + 1}.`,
    misses: `messages older than the latest ${number(MAX_MESSAGE_PAGES * MESSAGES_PAGE)} rows of the conversation; the text of emails, which HighLevel's list may leave out.`,
  },
  updated_appointment: { cost: 'same as New Appointment.', misses: 'same as New Appointment.' },
  appointment_status_changed: {
    cost: 'same as New Appointment.',
    misses:
      'a status that returns to an earlier one; a status that changes again before the next poll; a booking that is confirmed before the first poll after it. Also the same as New Appointment.',
  },
  appointment_starting: {
    cost: '1 request per poll for a chosen calendar or user, 2 if the clocks differ, otherwise one more than the number of calendars. Only the hours ahead are read.',
    misses: 'appointments that are booked after they count as starting soon and start before the next poll.',
  },
  jivochat_event: {
    cost: 'no requests.',
    misses:
      'events that JivoChat does not deliver. JivoChat does not document whether it retries a failed delivery.',
  },
  highlevel_event: {
    cost: `1 request per event; 1 to ${tasks.MAX_TASKS / tasks.PAGE} for a task event that does not name its contact.`,
    misses: 'events that HighLevel does not deliver.',
  },
  set_jivochat_card: {
    cost: '1 request for the contact, and 1 each if it shows tasks, notes or an opportunity; then one to the relay.',
  },
  send_jivochat_update: {
    cost: '1 to 3 requests to HighLevel and 1 to JivoChat.',
    misses: 'nothing; but it is not confirmed that JivoChat ignores a repeated message ID.',
  },
  capture_jivochat_lead: {
    cost: `3 requests for a new lead with a note and a task, 4 if the sub-account allows duplicate contacts. For an existing contact, the same 4 to find and read it, and up to 4 to write what is missing. With an opportunity, 1 more for a new contact, and 1 or 2 for an existing one. One more every ${SECONDS / 60} minutes for the settings of the sub-account. A replay sends 3 or 4 reads, 1 more with an opportunity, and no writes.`,
  },
  create_contact: {
    cost: '1 request; 2 in Find or Create Contact, if the contact was created after the search.',
  },
  create_opportunity: {
    cost: "1 request; after an unconfirmed try, 1 more to look for the opportunity among the contact's. 2 in Find or Create Opportunity, if it was created after the search.",
  },
  update_opportunity: {
    cost: `1 request, 2 with a lost reason. One more every ${SECONDS / 60} minutes for the pipelines, if a stage is given without its pipeline.`,
  },
  create_or_update_opportunity: {
    cost: `2 requests; 3 if HighLevel's search does not know yet what this action wrote within the last ${SECONDS / 60} minutes.`,
  },
  set_opportunity_status: { cost: '2 requests: one to write, one to read the opportunity.' },
  find_opportunity: OPPORTUNITY_SEARCH,
  find_opportunities: OPPORTUNITY_SEARCH,
  create_or_update_contact: { cost: '1 request, and 1 each for tags and for Do Not Disturb channels.' },
  update_contact: { cost: '1 request, and 1 each for tags and for Do Not Disturb channels.' },
  tag_contacts: { cost: `1 request per ${TAG_CHUNK} contacts.` },
  set_business: { cost: `1 request per ${BUSINESS_CHUNK} contacts.` },
  create_business: {
    cost: `1 request; after an unconfirmed try, 1 more per ${businesses.PAGE_SIZE} companies to look for the company, at most ${businesses.MAX_BUSINESSES / businesses.PAGE_SIZE}.`,
  },
  find_business: {
    cost: `1 request per ${businesses.PAGE_SIZE} companies, at most ${businesses.MAX_BUSINESSES / businesses.PAGE_SIZE}.`,
  },
  find_contact: {
    cost: '1 request; by email or phone, up to 4 if the first ones find nothing. With a Private Integration Token, or where HighLevel refuses its contact lookup, up to 2.',
  },
  find_user: { cost: `1 request every ${SECONDS / 60} minutes.` },
  find_task: TASK_SEARCH,
  find_contacts: {
    cost: `1 request; with a company, 1 per ${businesses.PAGE_SIZE} of its contacts, at most ${businesses.MAX_PAGES}.`,
  },
  find_tasks: TASK_SEARCH,
};
