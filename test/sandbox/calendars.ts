import { Hono } from 'hono';
import { DateTime, IANAZone } from 'luxon';
import { needLocation, refuse } from './answers.ts';
import { contactOf } from './contacts.ts';
import { scope, type Env } from './gate.ts';
import type { Store, StoredAppointment } from './store.ts';
import { boolean, date, oneOf, strictBody, string } from './strict.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Every calendar takes appointments on the hour, between these hours of UTC. */
const OPEN = { from: 14, to: 18 };
/** The fields of a calendar created by the API. Recorded. */
const plain = {
  calendarType: 'event',
  eventTitle: '{{contact.name}}',
  eventColor: '#039BE5',
  slotDurationUnit: 'mins',
  slotInterval: 60,
  slotIntervalUnit: 'mins',
  slotBufferUnit: 'mins',
  // Spelled so, beside the right spelling.
  appoinmentPerSlot: 1,
  appointmentPerSlot: 1,
  openHours: {},
  enableRecurring: false,
  autoConfirm: true,
  googleInvitationEmails: true,
  allowReschedule: true,
  allowCancellation: true,
  formSubmitType: 'ThankYouMessage',
  formSubmitThanksMessage: 'Thank you, see you soon.',
  availabilities: [],
  consentLabel: 'I agree to be called.',
  preBufferUnit: 'mins',
  preBuffer: 0,
  slotBuffer: 0,
  teamMembers: [],
  widgetType: 'classic',
  guestType: 'collect_detail',
};
const updatable = {
  title: string,
  meetingLocationType: oneOf('custom', 'zoom', 'gmeet', 'phone', 'address', 'ms_teams', 'google'),
  meetingLocationId: string,
  overrideLocationConfig: boolean,
  appointmentStatus: oneOf('new', 'confirmed', 'cancelled', 'showed', 'noshow', 'invalid'),
  assignedUserId: string,
  description: string,
  address: string,
  ignoreDateRange: boolean,
  toNotify: boolean,
  ignoreFreeSlotValidation: boolean,
  rrule: string,
  calendarId: string,
  startTime: date,
  endTime: date,
};

/** Calendars, their appointments and their free slots; and a contact's appointments. */
export function calendars(store: Store): Hono<Env> {
  const app = new Hono<Env>();

  app.get('/calendars/', scope('calendars.readonly'), (c) => {
    needLocation(c.req.query('locationId'));
    return c.json({
      calendars: store.calendars.map(({ minutes, ...calendar }) => ({
        ...plain,
        widgetSlug: calendar.id,
        ...calendar,
        slotDuration: minutes,
        locationId: store.locationId,
      })),
    });
  });

  app.get('/calendars/events', scope('calendars/events.readonly'), (c) => {
    const { locationId, userId, calendarId, groupId, startTime, endTime } = c.req.query();
    needLocation(locationId);
    if (!startTime || !endTime) refuse(422, ['startTime and endTime should not be empty']);
    if (!userId && !calendarId && !groupId)
      refuse(422, ['Either of userId, calendarId or groupId is required']);
    const events = [...store.appointments.values()].filter((event) => {
      const begins = Date.parse(event.startTime);
      const mine = calendarId ? event.calendarId === calendarId : event.assignedUserId === userId;
      return mine && begins >= Number(startTime) && begins <= Number(endTime);
    });
    return c.json({ events: events.map((event) => full(store, event)) });
  });

  app.get('/calendars/events/appointments/:eventId', scope('calendars/events.readonly'), (c) =>
    // Documented as `event`, recorded as `appointment`.
    c.json({
      appointment: {
        ...full(store, appointmentOf(store, c.req.param('eventId'))),
        appointmentMeta: { slotType: 'custom' },
      },
    }),
  );

  app.post('/calendars/events/appointments', scope('calendars/events.write'), (c) => {
    const known = { ...updatable, locationId: string, contactId: string };
    const body = strictBody(c.get('body'), known, ['calendarId', 'locationId', 'contactId', 'startTime']);
    const calendar = store.calendars.find(({ id }) => id === body.calendarId);
    if (!calendar) refuse(400, 'The calendar is not found');
    contactOf(store, String(body.contactId));
    const startTime = String(body.startTime);
    const endTime =
      typeof body.endTime === 'string'
        ? body.endTime
        : new Date(Date.parse(startTime) + calendar.minutes * 60_000).toISOString();
    if (body.ignoreFreeSlotValidation !== true) checkFree(store, calendar.id, startTime, endTime);
    const now = store.moment();
    const appointment: StoredAppointment = {
      id: store.random.id(),
      calendarId: calendar.id,
      contactId: String(body.contactId),
      title: 'Appointment',
      appointmentStatus: 'confirmed',
      startTime,
      endTime,
      dateAdded: now,
      dateUpdated: now,
    };
    store.appointments.set(appointment.id, take(appointment, body));
    return c.json(booked(store, appointment));
  });

  app.put('/calendars/events/appointments/:eventId', scope('calendars/events.write'), (c) => {
    const body = strictBody(c.get('body'), updatable);
    const appointment = appointmentOf(store, c.req.param('eventId'));
    const moved = typeof body.startTime === 'string' && body.ignoreFreeSlotValidation !== true;
    if (moved)
      checkFree(
        store,
        appointment.calendarId,
        String(body.startTime),
        String(body.endTime ?? body.startTime),
        appointment.id,
      );
    take(appointment, body).dateUpdated = store.moment();
    return c.json(booked(store, appointment));
  });

  app.delete('/calendars/events/:eventId', scope('calendars/events.write'), (c) => {
    const appointment = appointmentOf(store, c.req.param('eventId'));
    Object.assign(appointment, { deleted: true, dateUpdated: store.moment() });
    // Documented as 201, recorded as 200.
    return c.json({ succeeded: true });
  });

  app.get('/calendars/:calendarId/free-slots', scope('calendars.readonly'), (c) => {
    const from = Number(c.req.query('startDate'));
    const to = Number(c.req.query('endDate'));
    if (!(from > 0) || !(to > 0)) refuse(422, ['startDate must be a number', 'endDate must be a number']);
    if (to - from > 31 * DAY) refuse(400, 'Date range cannot be more than 31 days');
    const calendar = store.calendars.find(({ id }) => id === c.req.param('calendarId'));
    if (!calendar) refuse(400, 'The calendar is not found');
    const zone = c.req.query('timezone') ?? store.location.timezone;
    if (!IANAZone.isValidZone(zone)) refuse(422, ['timezone must be a valid time zone']);
    const offered = store.offeredSlots.get(calendar.id) ?? new Set();
    store.offeredSlots.set(calendar.id, offered);
    const days: Record<string, { slots: string[] }> = {};
    for (let slot = Math.ceil(from / HOUR) * HOUR; slot < to; slot += HOUR) {
      if (!isOpen(slot) || isTaken(store, calendar.id, slot, slot + calendar.minutes * 60_000)) continue;
      const text = inZone(slot, zone);
      offered.add(text);
      (days[text.slice(0, 10)] ??= { slots: [] }).slots.push(text);
    }
    return c.json(days);
  });

  app.get('/contacts/:contactId/appointments', scope('contacts.readonly'), (c) => {
    const { id } = contactOf(store, c.req.param('contactId'));
    const events = [...store.appointments.values()].filter(({ contactId }) => contactId === id);
    // Only here times have no offset: they are in the sub-account's time zone.
    return c.json({
      events: events.map((event) => {
        const { isRecurring: _recurring, createdBy: _createdBy, ...one } = full(store, event);
        return { ...one, ...naive(event, store.location.timezone) };
      }),
    });
  });

  return app;
}

function appointmentOf(store: Store, id: string): StoredAppointment {
  return store.appointments.get(id) ?? refuse(400, 'The event id is invalid.');
}

function take(appointment: StoredAppointment, body: Record<string, unknown>): StoredAppointment {
  const {
    locationId: _location,
    ignoreDateRange: _range,
    toNotify: _notify,
    ignoreFreeSlotValidation: _free,
    meetingLocationType,
    overrideLocationConfig,
    ...fields
  } = body;
  Object.assign(appointment, fields);
  // A custom location is accepted only with this flag; otherwise it is lost. Reported from a live account.
  if (meetingLocationType !== undefined && overrideLocationConfig !== true) appointment.address = '';
  return appointment;
}

/** Rejects times that were not offered as slots, and overlapping appointments. */
function checkFree(store: Store, calendarId: string, startTime: string, endTime: string, but?: string): void {
  const [from, to] = [Date.parse(startTime), Date.parse(endTime)];
  // As text: the same moment written in UTC was refused. Reported from live accounts.
  const isSlot =
    isOpen(from) &&
    (startTime === inZone(from, store.location.timezone) ||
      store.offeredSlots.get(calendarId)?.has(startTime) === true);
  if (!isSlot || isTaken(store, calendarId, from, to, but))
    refuse(400, 'The slot you have selected is no longer available.');
}

function isOpen(moment: number): boolean {
  const hour = new Date(moment).getUTCHours();
  return moment % HOUR === 0 && hour >= OPEN.from && hour < OPEN.to;
}

function isTaken(store: Store, calendarId: string, from: number, to: number, but?: string): boolean {
  return [...store.appointments.values()].some(
    (other) =>
      other.id !== but &&
      !other.deleted &&
      other.calendarId === calendarId &&
      other.appointmentStatus !== 'cancelled' &&
      Date.parse(other.startTime) < to &&
      Date.parse(other.endTime) > from,
  );
}

/** A moment with the offset of a zone, as HighLevel writes slots and events. Recorded. */
function inZone(moment: number, zone: string): string {
  return DateTime.fromMillis(moment, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ssZZ");
}

/** An appointment as HighLevel lists it, recorded: empty fields are omitted, times are in the sub-account's zone. */
function full(store: Store, appointment: StoredAppointment) {
  const { description, startTime, endTime, deleted = false, ...event } = appointment;
  const { timezone } = store.location;
  return {
    ...event,
    // Spelled so, beside the right spelling.
    appoinmentStatus: event.appointmentStatus,
    address: event.address ?? '',
    startTime: inZone(Date.parse(startTime), timezone),
    endTime: inZone(Date.parse(endTime), timezone),
    ...(description && { notes: description }),
    isRecurring: false,
    assignedResources: [],
    createdBy: { source: 'third_party', userId: null },
    locationId: store.locationId,
    deleted,
  };
}

/** The answer of booking and changing, recorded: without the times, and without a description. */
function booked(
  store: Store,
  {
    startTime: _start,
    endTime: _end,
    description: _description,
    deleted: _deleted,
    ...event
  }: StoredAppointment,
): object {
  return {
    ...event,
    status: 'booked',
    appoinmentStatus: event.appointmentStatus,
    address: event.address ?? '',
    isRecurring: false,
    locationId: store.locationId,
  };
}

function naive(event: StoredAppointment, timeZone: string): { startTime: string; endTime: string } {
  const local = (moment: string) => new Date(moment).toLocaleString('sv-SE', { timeZone });
  return { startTime: local(event.startTime), endTime: local(event.endTime) };
}
