/**
 * An event in JivoChat's format, with invented values: a finished chat, with all that one can have. The sample of New JivoChat Event is the trigger's output for it; lead_record.ts
 * repeats these values, so that the event is not parsed at startup.
 */
export const SAMPLE_EVENT = {
  event_name: 'chat_finished',
  widget_id: '3948',
  user_token: 'a1b2c3',
  visitor: {
    name: 'Jane Doe',
    email: 'jane@example.com (work)',
    phone: '+14155550132 WhatsApp',
    description: 'Wants a quote',
    number: '2198',
    social: {},
    chats_count: 2,
  },
  organization: { id: '1', name: 'Example Ltd' },
  status: { id: '4', title: 'contact_later' },
  assigned_agent: null,
  tags: [{ id: '17', title: 'Sales' }],
  chat_id: 7607,
  topic: { topic_id: 3, title: 'Pricing', parent_id: 1 },
  department: { id: 281, name: 'Sales' },
  session: {
    geoip: {
      region_code: 'CA',
      country: 'United States',
      country_code: 'US',
      region: 'California',
      city: 'San Francisco',
      latitude: '37.7898',
      longitude: '-122.3942',
      organization: 'Example Networks',
    },
    utm: 'source=google|medium=cpc|campaign=spring_sale|term=dentist|content=banner',
    utm_json: {
      source: 'google',
      medium: 'cpc',
      campaign: 'spring_sale',
      term: 'dentist',
      content: 'banner',
    },
    ip_addr: '203.0.113.7',
    user_agent: 'Mozilla/5.0',
  },
  page: { url: 'https://example.com/pricing?gclid=Cj0KCQiA&fbclid=IwAR0', title: 'Pricing' },
  analytics: null,
  agents: [{ id: '1', name: 'Maria Keller', email: 'maria@example.com', phone: '+14155550110' }],
  chat: {
    messages: [
      { message: 'May I help you?', timestamp: 1_769_594_400, type: 'agent', agent_id: 1 },
      { message: 'Hello! What do two seats cost?', timestamp: 1_769_594_460, type: 'visitor' },
      { message: '49 dollars a month.', timestamp: 1_769_594_520, type: 'agent', agent_id: 1 },
    ],
    blacklisted: false,
    rate: 'positive',
    invitation: 'May I help you?',
  },
  plain_messages: '',
  html_messages: '',
} as const;
