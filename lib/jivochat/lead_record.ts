import * as z from 'zod';
import { Field, flag, integer, longText, maybe, text, textList, type Output } from '../schema/fields.ts';
import { SAMPLE_EVENT } from './sample_event.ts';

/** A field of other events, which the sample, a finished chat, does not have. */
const ofOthers = (field: Field<z.ZodType<string>>) => maybe(field).meta({ example: null });

/**
 * A JivoChat lead as a Zap receives it. Its keys match the inputs of Capture JivoChat Lead. The examples match the sample
 * event.
 */
export const LeadRecord = {
  id: text('Event ID', 'jivo:chat_finished:7607'),
  event: text('Event', 'chat_finished'),
  payload: longText('JivoChat Event Data', JSON.stringify(SAMPLE_EVENT)),
  chatId: maybe.text('Chat ID', '7607'),
  /** The visitor's name; null for a placeholder such as "Visitor 1234". */
  name: maybe.text('Name', 'Jane Doe'),
  firstName: maybe.text('First Name', 'Jane'),
  lastName: maybe.text('Last Name', 'Doe'),
  email: maybe.text('Email', 'jane@example.com'),
  /** What the visitor typed as an email, if it is more than an email address or not one. */
  emailRaw: maybe.text('Email as Typed', 'jane@example.com (work)'),
  /** In E.164. */
  phone: maybe.text('Phone', '+14155550132'),
  /** What the visitor typed as a phone number, if it is more than a number or not one. */
  phoneRaw: maybe.text('Phone as Typed', '+14155550132 WhatsApp'),
  description: maybe.longText('Description', 'Wants a quote'),
  message: ofOthers(longText('Message', 'Please call me back.')),
  transcript: maybe.longText(
    'Transcript',
    '[2026-01-28 10:00] Maria Keller: May I help you?\n[2026-01-28 10:01] Jane Doe: Hello! What do two seats cost?\n[2026-01-28 10:02] Maria Keller: 49 dollars a month.',
  ),
  messageCount: integer('Message Count', 3),
  missed: flag('Missed Chat', false),
  rating: maybe.text('Rating', 'positive'),
  tags: textList('Tags in JivoChat', ['Sales']),
  status: maybe.text('Status in JivoChat', 'contact_later'),
  pageUrl: maybe.text('Page URL', 'https://example.com/pricing?gclid=Cj0KCQiA&fbclid=IwAR0'),
  pageTitle: maybe.text('Page Title', 'Pricing'),
  utmSource: maybe.text('UTM Source', 'google'),
  utmMedium: maybe.text('UTM Medium', 'cpc'),
  utmCampaign: maybe.text('UTM Campaign', 'spring_sale'),
  utmTerm: maybe.text('UTM Term', 'dentist'),
  utmContent: maybe.text('UTM Content', 'banner'),
  gclid: maybe.text('Google Click ID', 'Cj0KCQiA'),
  fbclid: maybe.text('Facebook Click ID', 'IwAR0'),
  agentName: maybe.text('Agent Name', 'Maria Keller'),
  agentEmail: maybe.text('Agent Email', 'maria@example.com'),
  department: maybe.text('Department', 'Sales'),
  organization: maybe.text('Organization', 'Example Ltd'),
  topic: maybe.text('Topic', 'Pricing'),
  country: maybe.text('Country', 'United States'),
  countryCode: maybe.text('Country Code', 'US'),
  region: maybe.text('Region', 'California'),
  city: maybe.text('City', 'San Francisco'),
  ipAddress: maybe.text('IP Address', '203.0.113.7'),
  userAgent: maybe.text('User Agent', 'Mozilla/5.0'),
  widgetId: maybe.text('Widget ID', '3948'),
  /** Links JivoChat's client events to chats. */
  visitorNumber: maybe.text('Visitor Number', '2198'),
  userToken: maybe.text('User Token', 'a1b2c3'),
  offlineMessageId: ofOthers(text('Offline Message ID', '1665399500726')),
  invitation: maybe.text('Invitation', 'May I help you?'),
  crmLink: ofOthers(text('CRM Link', 'https://example.com/crm/7607')),
  callType: ofOthers(text('Call Type', 'callback')),
  callStatus: ofOthers(text('Call Status', 'end')),
  callRecordUrl: ofOthers(text('Call Recording', 'https://example.com/call.mp3')),
  callReason: ofOthers(text('Call Failure Reason', 'busy')),
  startedAt: maybe.dateTime('Started At', '2026-01-28T10:00:00Z'),
  endedAt: maybe.dateTime('Ended At', '2026-01-28T10:02:00Z'),
  attributes: new Field(() => z.record(z.string(), z.string()), { title: 'Custom Attributes', example: {} }),
};
export type LeadRecord = Output<typeof LeadRecord>;
