import { Hono } from 'hono';
import { refuse, traceId } from './answers.ts';
import { contactOf } from './contacts.ts';
import { scope, type Env } from './gate.ts';
import type { Store, StoredAppointment } from './store.ts';
import { boolean, date, oneOf, strictBody, string } from './strict.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
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
    if (!c.req.query('locationId')) refuse(422, ['locationId should not be empty']);
    return c.json({
      calendars: store.calendars.map(({ minutes, ...calendar }) => ({
        ...calendar,
        slotDuration: minutes,
        isActive: true,
        locationId: store.locationId,
      })),
    });
  });

  app.get('/calendars/events', scope('calendars/events.readonly'), (c) => {
    const { locationId, userId, calendarId, groupId, startTime, endTime } = c.req.query();
    if (!locationId || !startTime || !endTime)
      refuse(422, ['locationId, startTime and endTime should not be empty']);
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
    c.json({ event: full(store, appointmentOf(store, c.req.param('eventId'))) }),
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
    store.appointments.delete(appointmentOf(store, c.req.param('eventId')).id);
    return c.json({ succeeded: true }, 201);
  });

  app.get('/calendars/:calendarId/free-slots', scope('calendars.readonly'), (c) => {
    const from = Number(c.req.query('startDate'));
    const to = Number(c.req.query('endDate'));
    if (!(from > 0) || !(to > 0)) refuse(422, ['startDate must be a number', 'endDate must be a number']);
    if (to - from > 31 * DAY) refuse(400, 'Date range cannot be more than 31 days');
    const days: Record<string, { slots: string[] }> = {};
    for (let slot = Math.ceil(from / HOUR) * HOUR; slot < to; slot += HOUR) {
      const moment = new Date(slot).toISOString();
      const hour = Number(moment.slice(11, 13));
      if (hour < 14 || hour >= 18) continue;
      (days[moment.slice(0, 10)] ??= { slots: [] }).slots.push(moment.replace('.000Z', '+00:00'));
    }
    return c.json({ ...days, traceId: traceId() });
  });

  app.get('/contacts/:contactId/appointments', scope('contacts.readonly'), (c) => {
    const { id } = contactOf(store, c.req.param('contactId'));
    const events = [...store.appointments.values()].filter(({ contactId }) => contactId === id);
    // Here, and only here, times have no zone: they are the sub-account's.
    return c.json({
      events: events.map((event) => {
        const { isRecurring: _recurring, ...one } = full(store, event);
        return { ...one, ...naive(event, store.location.timezone) };
      }),
    });
  });

  return app;
}

function appointmentOf(store: Store, id: string): StoredAppointment {
  return store.appointments.get(id) ?? refuse(400, `Appointment not found for id:${id}`);
}

function take(appointment: StoredAppointment, body: Record<string, unknown>): StoredAppointment {
  const {
    locationId: _location,
    ignoreDateRange: _range,
    toNotify: _notify,
    ignoreFreeSlotValidation: _free,
    ...fields
  } = body;
  return Object.assign(appointment, fields);
}

function checkFree(store: Store, calendarId: string, startTime: string, endTime: string, but?: string): void {
  const [from, to] = [Date.parse(startTime), Date.parse(endTime)];
  const taken = [...store.appointments.values()].some(
    (other) =>
      other.id !== but &&
      other.calendarId === calendarId &&
      other.appointmentStatus !== 'cancelled' &&
      Date.parse(other.startTime) < to &&
      Date.parse(other.endTime) > from,
  );
  if (taken) refuse(400, 'The slot you have selected is no longer available.');
}

function full(store: Store, appointment: StoredAppointment) {
  const { description, ...event } = appointment;
  return {
    groupId: '',
    assignedUserId: '',
    users: [],
    ...event,
    notes: description ?? '',
    isRecurring: false,
    assignedResources: [],
    locationId: store.locationId,
  };
}

/** The answer of booking has no dates of its own, and no description. */
function booked(
  store: Store,
  { dateAdded: _added, dateUpdated: _updated, description: _description, ...appointment }: StoredAppointment,
): object {
  return { ...appointment, locationId: store.locationId };
}

function naive(event: StoredAppointment, timeZone: string): { startTime: string; endTime: string } {
  const local = (moment: string) => new Date(moment).toLocaleString('sv-SE', { timeZone });
  return { startTime: local(event.startTime), endTime: local(event.endTime) };
}
