const ANY_CONTACT =
  'more than 20 pages (10,000 contacts) of changes between two polls; members of a business beyond the first 1,000 that HighLevel lists of it, where its search does not tell their business; a Zap resumed after more than an hour while a twin with the same filters kept polling.';
const TASKS =
  'one request per 500 tasks of the sub-account, user or contact, because HighLevel gives neither order nor date filter.';

/** What an operation costs that has no entry of its own: tests play it and count. */
export const USUAL_COST = '1 request.';

/** What an operation costs in requests, and what it can miss: for the catalog. Proven by the bench and the simulator. */
export const costs: Record<string, { cost: string; misses?: string }> = {
  new_contact: {
    cost: '1 request a poll, 1,440 a day at one poll a minute, whatever the number of contacts; with K new ones in the last hour at most ceil(K/500)+1, never more than 21. With a business up to 10 more, when there is something to judge.',
    misses: `a contact that comes to match the filters later than a day after it was added; ${ANY_CONTACT}`,
  },
  updated_contact: {
    cost: '1 request a poll, 1,440 a day at one poll a minute, whatever the number of contacts; with K changes in the last hour at most ceil(K/500)+1, never more than 21. With a business up to 10 more, when there is something to judge.',
    misses: ANY_CONTACT,
  },
  contact_tagged: {
    cost: 'as New or Updated Contact.',
    misses: `a tag that was removed and is added again fires only the first time; with a tag on more than 10,000 contacts, old ones may fire when they change; ${ANY_CONTACT}`,
  },
  new_task: {
    cost: `${TASKS} 41 requests for 20,000 tasks are 59,040 a day at one poll a minute, of the 200,000 that HighLevel allows: choose Assigned To or Contact where there are many.`,
    misses: 'a task that comes to match the filters later than a day after it was added.',
  },
  updated_task: { cost: 'as New Task.' },
  completed_task: {
    cost: 'as New Task, over completed tasks only.',
    misses: 'a task that is opened and completed a second time.',
  },
  new_note: {
    cost: '1 request a poll for a chosen contact, else at most 26 (37,440 a day at one poll a minute), and fewer when other Zaps have used the burst window up.',
    misses:
      'without a chosen contact, notes of contacts outside the 25 with the newest activity, and, with a business, of those outside the first 1,000 that HighLevel lists of it; a note that was added in the hour before the Zap was switched on may fire when its contact comes among the 25. HighLevel has no list of all notes and may not count a note as activity. New HighLevel Event is the instant and complete way.',
  },
  updated_note: { cost: '1 request a poll, 1,440 a day at one poll a minute.' },
  new_appointment: {
    cost: '1 request a poll for a chosen calendar or user, 2 at most for a contact, else one more than there are calendars.',
    misses: 'appointments that begin more than 365 days ahead or began more than 7 days ago.',
  },
  updated_appointment: { cost: 'as New Appointment.', misses: 'as New Appointment.' },
  jivochat_event: {
    cost: 'no request.',
    misses: 'nothing that JivoChat delivers; whether JivoChat repeats a failed delivery is not documented.',
  },
  highlevel_event: {
    cost: '1 request an event; a task that comes without its contact 1 to 10.',
    misses: 'nothing that HighLevel delivers. The instant and complete way to new notes.',
  },
  send_jivochat_update: {
    cost: '1 to 3 requests to HighLevel and 1 to JivoChat.',
    misses: 'nothing, but whether JivoChat drops a repeated message id is unproven.',
  },
  capture_jivochat_lead: {
    cost: '3 requests for a new lead with note and task, 4 where the sub-account allows duplicate contacts; a replay reads 3 to 4 times and writes nothing.',
  },
  create_contact: {
    cost: '1 request; 2 in Find or Create Contact, when somebody created the contact since the search.',
  },
  create_or_update_contact: { cost: '1 request, 2 with tags.' },
  update_contact: { cost: '1 request, 2 with tags.' },
  tag_contacts: { cost: '1 request per 50 contacts.' },
  set_business: { cost: '1 request per 50 contacts.' },
  find_business: { cost: '1 request per 100 businesses, at most 50.' },
  find_contact: { cost: '1 request; 2 by email or phone when the first finds nobody.' },
  find_user: { cost: '1 request in 10 minutes.' },
  find_task: {
    cost: '1 request for a contact, else 1 per 500 tasks, at most 10.',
    misses: 'without a contact, tasks beyond the first 5,000.',
  },
  find_contacts: { cost: '1 request; with a business 1 per 100 of its contacts, at most 10.' },
  find_tasks: {
    cost: '1 request for a contact, else 1 per 500 tasks, at most 10.',
    misses: 'without a contact, tasks beyond the first 5,000.',
  },
};
