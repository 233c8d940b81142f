import type { Recording } from './recordings.ts';

/** An invented response in the format of the recordings, and what the app must parse from it. */
export interface Sample extends Recording {
  reads: unknown;
}

const traceId = '5b7f0c1e-9a42-4d36-8c55-e0d1f2a3b4c5';
const made = {
  source: 'INTEGRATION',
  channel: 'OAUTH',
  sourceId: '6702b4a1c9d8e7f605142332',
  timestamp: '2027-02-03T08:15:30.250Z',
};
const done = { succeded: true, succeeded: true, traceId };

const contact = {
  id: 'kQ2wErTyUiOpAsDfGh01',
  dateAdded: '2027-02-03T08:15:30.250Z',
  type: 'lead',
  locationId: 'zX9cVbNmLkJhGfDsAq12',
  lastName: 'Falk',
  lastNameLowerCase: 'falk',
  email: 'Ida.Falk@example.com',
  emailLowerCase: 'ida.falk@example.com',
  phone: '+4366012345678',
  country: 'AT',
  createdBy: made,
  fullNameLowerCase: 'ida falk',
  firstName: 'Ida',
  firstNameLowerCase: 'ida',
  tags: ['garden'],
  dateUpdated: '2027-02-04T09:00:00.007Z',
  customFields: [{ id: 'cF1', value: 'By tram' }],
  additionalEmails: [{ email: 'ida@example.org' }],
  additionalPhones: [{ phone: '+436601111111' }],
};
const { additionalEmails: _emails, additionalPhones: _phones, ...fresh } = contact;
const read = {
  id: contact.id,
  name: 'Ida Falk',
  email: 'Ida.Falk@example.com',
  phone: '+4366012345678',
  country: 'AT',
  tags: ['garden'],
  dateUpdated: '2027-02-04T09:00:00.007Z',
};

const row = {
  id: 'kQ2wErTyUiOpAsDfGh01',
  phoneLabel: null,
  country: 'AT',
  address: 'Gartenweg 4',
  source: null,
  type: 'lead',
  locationId: 'zX9cVbNmLkJhGfDsAq12',
  website: null,
  dnd: true,
  state: null,
  businessName: 'Falk & Sons',
  customFields: [],
  tags: ['garden'],
  dateAdded: '2027-02-03T08:15:30.250Z',
  additionalEmails: [],
  phone: null,
  companyName: 'Falk',
  additionalPhones: [{ phone: '+436601111111' }],
  dateUpdated: '2027-02-04T09:00:00.007Z',
  city: null,
  // 29 February 1988, midnight in UTC.
  dateOfBirth: 573_091_200_000,
  firstNameLowerCase: 'ida',
  lastNameLowerCase: 'mcfalk',
  firstName: 'Ida',
  lastName: 'McFalk',
  contactName: 'ida mcfalk',
  email: 'ida.falk@example.com',
  assignedTo: null,
  followers: [],
  validEmail: null,
  dndSettings: { SMS: { status: 'inactive', code: '103' } },
  postalCode: null,
  businessId: '67aa01bb23cc45dd67ee89ff',
  searchAfter: [1_801_731_600_007, 'kQ2wErTyUiOpAsDfGh01'],
  timezone: null,
  inboundDndSettings: {},
  attributionSource: {},
  lastAttributionSource: {},
};

const event = {
  appointmentStatus: 'confirmed',
  appoinmentStatus: 'confirmed',
  address: '',
  calendarId: 'cAl1',
  contactId: contact.id,
  dateAdded: '2027-03-01T11:00:00.100Z',
  dateUpdated: '2027-03-02T12:00:00.200Z',
  endTime: '2027-05-03T10:45:00+02:00',
  id: 'eV1',
  locationId: 'zX9cVbNmLkJhGfDsAq12',
  startTime: '2027-05-03T10:00:00+02:00',
  title: 'Garden plan',
  assignedResources: [],
  isRecurring: false,
  createdBy: { source: 'third_party', userId: null },
  deleted: false,
};
const booked = {
  id: 'eV2',
  calendarId: 'cAl1',
  locationId: 'zX9cVbNmLkJhGfDsAq12',
  contactId: contact.id,
  title: 'Garden plan',
  status: 'booked',
  appointmentStatus: 'confirmed',
  appoinmentStatus: 'confirmed',
  address: '',
  dateAdded: '2027-03-01T11:00:00.100Z',
  dateUpdated: '2027-03-01T11:00:00.100Z',
  isRecurring: false,
  traceId,
};
const note = {
  id: 'nO1',
  body: '<p>Roses &amp; herbs</p>',
  bodyText: 'Roses & herbs',
  userId: null,
  dateAdded: '2027-03-01T11:00:00.100Z',
  contactId: contact.id,
  pinned: false,
  relations: [],
};
const task = {
  id: 'tA1',
  title: 'Send the plan',
  body: 'With prices',
  dueDate: '2027-05-03T08:00:00.000Z',
  completed: false,
  contactId: contact.id,
};
const { body: _body, ...bare } = task;
const social = Object.fromEntries(
  'facebookUrl googlePlus linkedIn foursquare twitter yelp instagram youtube pinterest blogRss googlePlacesId'
    .split(' ')
    .map((key) => [key, '']),
);
const place = {
  name: 'Falk Gardens',
  address: 'Gartenweg 4',
  city: 'Graz',
  state: 'Styria',
  country: 'AT',
  postalCode: '8010',
  website: 'https://example.org',
  timezone: 'Europe/Vienna',
  email: 'office@example.org',
};

/** One or more answers to each endpoint that was recorded. The keys are HighLevel's, every value is ours. */
export const samples: Sample[] = [
  {
    endpoint: 'GET /contacts/{contactId}',
    sent: [],
    answer: { contact, traceId },
    reads: { contact: read },
  },
  {
    endpoint: 'GET /contacts/search/duplicate',
    sent: [],
    answer: { contact, matchingField: 'contactId', traceId },
    reads: { contact: read },
  },
  {
    endpoint: 'PUT /contacts/{contactId}',
    sent: ['lastName'],
    answer: { ...done, contact: { ...contact, followers: [] } },
    reads: { contact: read },
  },
  {
    endpoint: 'POST /contacts/upsert',
    sent: ['locationId', 'email', 'phone', 'firstName', 'lastName'],
    answer: { new: true, ...done, contact: { ...contact, followers: [] } },
    reads: { new: true, contact: read },
  },
  {
    endpoint: 'POST /contacts/',
    sent: ['locationId', 'firstName', 'lastName', 'email', 'phone'],
    answer: {
      contact: {
        ...fresh,
        deleted: false,
        bounceEmail: false,
        unsubscribeEmail: false,
        lastUpdatedBy: made,
        lastSessionActivityAt: '2027-02-03T08:15:30.251Z',
        validEmail: null,
        validEmailDate: null,
      },
      traceId,
    },
    reads: { contact: read },
  },
  {
    endpoint: 'POST /contacts/search',
    sent: ['locationId', 'pageLimit', 'sort'],
    answer: { contacts: [row], total: 1, traceId },
    reads: {
      total: 1,
      contacts: [
        {
          name: 'Ida McFalk',
          address1: 'Gartenweg 4',
          dateOfBirth: '1988-02-29',
          city: null,
          businessId: row.businessId,
          searchAfter: row.searchAfter,
        },
      ],
    },
  },
  { endpoint: 'DELETE /contacts/{contactId}', sent: [], answer: done, reads: { succeeded: true } },
  {
    endpoint: 'POST /contacts/{contactId}/tags',
    sent: ['tags'],
    answer: { tags: ['garden', 'vip'], tagsAdded: ['vip'], traceId },
    reads: { tags: ['garden', 'vip'] },
  },
  {
    endpoint: 'DELETE /contacts/{contactId}/tags',
    sent: ['tags'],
    answer: { tags: ['garden'], tagsRemoved: ['vip'], traceId },
    reads: { tags: ['garden'] },
  },
  {
    endpoint: 'POST /contacts/{contactId}/workflow/{workflowId}',
    sent: [],
    answer: done,
    reads: { succeeded: true },
  },
  {
    endpoint: 'DELETE /contacts/{contactId}/workflow/{workflowId}',
    sent: [],
    answer: done,
    reads: { succeeded: true },
  },
  {
    endpoint: 'GET /contacts/{contactId}/notes',
    sent: [],
    answer: { notes: [note], traceId },
    reads: { notes: [{ id: 'nO1', contactId: contact.id, userId: null, pinned: false }] },
  },
  {
    endpoint: 'POST /contacts/{contactId}/notes',
    sent: ['body'],
    answer: { note, traceId },
    reads: { note: { id: 'nO1', dateAdded: note.dateAdded } },
  },
  {
    endpoint: 'GET /contacts/{contactId}/tasks',
    sent: [],
    answer: { tasks: [task], traceId },
    reads: { tasks: [{ id: 'tA1', completed: false, dateAdded: null }] },
  },
  {
    endpoint: 'POST /contacts/{contactId}/tasks',
    sent: ['title', 'dueDate', 'completed'],
    answer: { task: bare, traceId },
    reads: { task: { id: 'tA1', body: null, dueDate: '2027-05-03T08:00:00.000Z' } },
  },
  {
    endpoint: 'PUT /contacts/{contactId}/tasks/{taskId}',
    sent: ['completed'],
    answer: { task: { ...task, completed: true }, traceId },
    reads: { task: { id: 'tA1', completed: true, body: 'With prices' } },
  },
  {
    endpoint: 'DELETE /contacts/{contactId}/tasks/{taskId}',
    sent: [],
    answer: done,
    reads: { succeeded: true },
  },
  {
    endpoint: 'GET /calendars/events',
    sent: [],
    answer: { events: [{ ...event, id: 'eV0', deleted: true }, event], traceId },
    reads: { events: [{ id: 'eV1', startTime: event.startTime, assignedUserId: null, notes: null }] },
  },
  {
    endpoint: 'GET /calendars/events/appointments/{eventId}',
    sent: [],
    answer: { appointment: { ...event, appointmentMeta: { slotType: 'custom' } }, traceId },
    reads: { appointment: { id: 'eV1', title: 'Garden plan', endTime: event.endTime } },
  },
  {
    endpoint: 'POST /calendars/events/appointments',
    sent: [
      'calendarId',
      'locationId',
      'contactId',
      'startTime',
      'endTime',
      'toNotify',
      'ignoreFreeSlotValidation',
    ],
    answer: booked,
    reads: { appointment: { id: 'eV2', startTime: null, appointmentStatus: 'confirmed' } },
  },
  {
    endpoint: 'PUT /calendars/events/appointments/{eventId}',
    sent: ['title', 'toNotify'],
    answer: booked,
    reads: { appointment: { id: 'eV2', title: 'Garden plan', endTime: null } },
  },
  {
    endpoint: 'GET /locations/{locationId}/customFields',
    sent: [],
    answer: {
      customFields: [
        {
          id: 'cF1',
          name: 'Way to us',
          model: 'contact',
          fieldKey: 'contact.way_to_us',
          placeholder: '',
          dataType: 'TEXT',
          position: 100,
          documentType: 'field',
          parentId: 'fO1',
          locationId: 'zX9cVbNmLkJhGfDsAq12',
          dateAdded: '2027-01-01T00:00:00.000Z',
          standard: false,
        },
      ],
      traceId,
    },
    reads: { customFields: [{ id: 'cF1', fieldKey: 'contact.way_to_us', dataType: 'TEXT' }] },
  },
  {
    endpoint: 'GET /locations/{locationId}',
    sent: [],
    answer: {
      location: {
        id: 'zX9cVbNmLkJhGfDsAq12',
        brandId: 'bR1',
        companyId: 'cO1',
        ...place,
        firstName: 'Ida',
        lastName: 'Falk',
        phone: '+4366012345678',
        logoUrl: '',
        automaticMobileAppInvite: false,
        business: place,
        social,
        settings: {
          allowDuplicateContact: false,
          allowDuplicateOpportunity: false,
          allowFacebookNameMerge: false,
          disableContactTimezone: false,
          contactUniqueIdentifiers: ['phone', 'email'],
          crmSettings: { deSyncOwners: false, syncFollowers: { contact: false, opportunity: false } },
          saasSettings: { saasMode: 'not_activated', twilioRebilling: { markup: 5, enabled: false } },
        },
        dateAdded: '2026-12-01T00:00:00.000Z',
        domain: '',
        currency: '',
        isAgencySubAccount: false,
        defaultEmailService: '',
        permissions: { contactsEnabled: true, workflowsEnabled: false },
        snapshotId: '',
      },
      traceId,
    },
    reads: {
      location: {
        name: 'Falk Gardens',
        country: 'AT',
        timezone: 'Europe/Vienna',
        settings: { allowDuplicateContact: false },
      },
    },
  },
];
