const ANY_CONTACT =
  'changes beyond 20 pages (10,000 contacts) between two polls; members of a business beyond the first 1,000, if the search results do not name their business; changes during a pause of more than an hour, if another Zap with the same trigger and filters kept polling.';
const TASKS =
  '1 request per 500 tasks that match the filters, because HighLevel can neither sort tasks nor filter them by date.';

/** The cost of an operation that has no entry of its own. Tests run these operations and count. */
export const USUAL_COST = '1 request.';

/** What an operation costs in requests, and what it can miss. The bench and the poll simulator measure both. */
export const costs: Record<string, { cost: string; misses?: string }> = {
  new_contact: {
    cost: '1 request per poll (1,440 a day at one poll a minute), however many contacts there are. With K new contacts in the last hour, up to ceil(K/500)+1 requests, at most 21. With a business, up to 10 more when a contact does not name its business.',
    misses: `a contact that starts to match the filters more than a day after it was added; ${ANY_CONTACT}`,
  },
  updated_contact: {
    cost: '1 request per poll (1,440 a day at one poll a minute), however many contacts there are. With K changes in the last hour, up to ceil(K/500)+1 requests, at most 21. With a business, up to 10 more when a contact does not name its business.',
    misses: ANY_CONTACT,
  },
  contact_tagged: {
    cost: 'same as New or Updated Contact.',
    misses: `a tag that is removed and added again, which triggers only the first time; ${ANY_CONTACT} If more than 10,000 contacts have the tag, old ones may trigger when they change.`,
  },
  new_task: {
    cost: `${TASKS} At one poll a minute, 20,000 tasks take 41 requests per poll and 59,040 of the 200,000 requests that HighLevel allows per day. Choose Assigned To or Contact if there are many tasks.`,
    misses: 'a task that starts to match the filters more than a day after it was added.',
  },
  updated_task: { cost: 'same as New Task.' },
  completed_task: {
    cost: 'same as New Task, for completed tasks only.',
    misses: 'a task that is reopened and completed again.',
  },
  new_note: {
    cost: '1 request per poll for a chosen contact. Otherwise up to 26 (37,440 a day at one poll a minute), and fewer when other Zaps have used up most of the rate limit.',
    misses:
      'without a chosen contact, notes on contacts other than the 25 with the most recent activity; with a business, also notes on its contacts beyond the first 1,000. HighLevel has no list of all notes and may not count a note as activity. A note added within an hour before the Zap was turned on may trigger when its contact becomes one of the 25. New HighLevel Event is instant and does not have these limits.',
  },
  updated_note: { cost: '1 request per poll (1,440 a day at one poll a minute).' },
  new_appointment: {
    cost: '1 request per poll for a chosen calendar or user, up to 2 for a contact, otherwise one more than the number of calendars.',
    misses: 'appointments that start more than 365 days ahead or started more than 7 days ago.',
  },
  updated_appointment: { cost: 'same as New Appointment.', misses: 'same as New Appointment.' },
  jivochat_event: {
    cost: 'no requests.',
    misses:
      'events that JivoChat does not deliver. JivoChat does not document whether it retries a failed delivery.',
  },
  highlevel_event: {
    cost: '1 request per event; 1 to 10 for a task event that does not name its contact.',
    misses: 'events that HighLevel does not deliver.',
  },
  send_jivochat_update: {
    cost: '1 to 3 requests to HighLevel and 1 to JivoChat.',
    misses: 'nothing; but it is not confirmed that JivoChat ignores a repeated message ID.',
  },
  capture_jivochat_lead: {
    cost: '3 requests for a new lead with a note and a task, 4 if the sub-account allows duplicate contacts. A replay sends 3 or 4 reads and no writes.',
  },
  create_contact: {
    cost: '1 request; 2 in Find or Create Contact, if the contact was created after the search.',
  },
  create_or_update_contact: { cost: '1 request, 2 with tags.' },
  update_contact: { cost: '1 request, 2 with tags.' },
  tag_contacts: { cost: '1 request per 50 contacts.' },
  set_business: { cost: '1 request per 50 contacts.' },
  find_business: { cost: '1 request per 100 businesses, at most 50.' },
  find_contact: { cost: '1 request; 2 by email or phone if the first one finds nothing.' },
  find_user: { cost: '1 request every 10 minutes.' },
  find_task: {
    cost: '1 request for a contact, otherwise 1 per 500 tasks, at most 10.',
    misses: 'without a contact, tasks beyond the first 5,000.',
  },
  find_contacts: { cost: '1 request; with a business, 1 per 100 of its contacts, at most 10.' },
  find_tasks: {
    cost: '1 request for a contact, otherwise 1 per 500 tasks, at most 10.',
    misses: 'without a contact, tasks beyond the first 5,000.',
  },
};
