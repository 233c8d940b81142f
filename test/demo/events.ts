/** JivoChat events in the form of the official samples, with realistic content. */
const session = {
  geoip: {
    country: 'United States',
    country_code: 'US',
    region: 'California',
    region_code: 'CA',
    city: 'San Francisco',
    latitude: '37.7898',
    longitude: '-122.3942',
  },
  utm: 'source=google|medium=cpc|content=banner|campaign=spring_sale',
  utm_json: { source: 'google', medium: 'cpc', content: 'banner', campaign: 'spring_sale' },
  ip_addr: '208.80.152.201',
  user_agent: 'Mozilla/5.0',
};
const page = { url: 'https://example.com/pricing?gclid=Cj0KCQiA', title: 'Pricing' };
const maria = { id: '1', name: 'Maria Keller', email: 'maria.keller@example.com', phone: '+14155550110' };
const minute = 60;
const began = 1769594400;

/** One event of the demo, and its description. */
export interface DemoEvent {
  about: string;
  event: Record<string, unknown>;
}

/** The demo's events, in the order they are played. */
export const events: DemoEvent[] = [
  {
    about: 'A finished chat with a name, an email and a phone number',
    event: {
      event_name: 'chat_finished',
      widget_id: '3948',
      visitor: {
        name: 'John Smith',
        email: 'john.smith@example.com',
        phone: '+14155550132',
        description: 'Wants a quote for two seats',
        number: '2198',
        chats_count: 2,
      },
      organization: null,
      status: null,
      assigned_agent: null,
      tags: [{ id: '17', title: 'Sales' }],
      chat_id: 7607,
      session,
      page,
      analytics: null,
      agents: [maria],
      chat: {
        messages: [
          { message: 'Hello! What do two seats cost?', timestamp: began, type: 'visitor' },
          {
            message: 'Hi John, 49 dollars a month. Shall I send a quote?',
            timestamp: began + minute,
            type: 'agent',
            agent_id: 1,
          },
          { message: 'Yes please 🙂', timestamp: began + 2 * minute, type: 'visitor' },
        ],
        blacklisted: false,
        rate: 'positive',
      },
      plain_messages: '',
      html_messages: '',
    },
  },
  {
    about: 'A missed chat: no name, a local phone number, no answer',
    event: {
      event_name: 'chat_finished',
      widget_id: '3948',
      visitor: {
        name: null,
        email: null,
        phone: '(415) 555-0177',
        description: null,
        number: 2199,
        chats_count: 1,
      },
      tags: [],
      chat_id: '7611',
      session,
      page,
      agents: [],
      chat: {
        messages: [{ message: 'Is anybody there? 👋', timestamp: began + 60 * minute, type: 'visitor' }],
        blacklisted: false,
        rate: null,
      },
      plain_messages: null,
      html_messages: null,
    },
  },
  {
    about: 'An offline message in Cyrillic, with emoji',
    event: {
      event_name: 'offline_message',
      widget_id: '3948',
      user_token: null,
      visitor: {
        name: 'Анна Петрова',
        email: ' Anna.Petrova@Example.com ',
        phone: null,
        number: '2200',
        chats_count: 1,
      },
      organization: null,
      chat_id: 7612,
      session: {
        geoip: { country: 'Germany', country_code: 'DE', city: 'Berlin' },
        utm_json: {},
        ip_addr: '93.184.216.34',
      },
      page: { url: 'https://example.com/ru/', title: 'Главная' },
      analytics: {},
      message: 'Здравствуйте! Перезвоните мне, пожалуйста 📞',
      offline_message_id: 1665399500726,
    },
  },
  {
    about: 'A visitor who left neither email nor phone',
    event: {
      event_name: 'chat_finished',
      widget_id: '3948',
      visitor: { name: 'Visitor 2201', number: '2201' },
      chat_id: 7613,
      session,
      page,
      agents: [maria],
      chat: {
        messages: [{ message: 'Just looking', timestamp: began, type: 'visitor' }],
        blacklisted: false,
      },
      plain_messages: '',
    },
  },
];

/** A missed chat from a visitor who left an email. */
export const missed = {
  event_name: 'chat_finished',
  widget_id: '3948',
  visitor: {
    name: 'Luis Ortega',
    email: 'luis.ortega@example.com',
    phone: null,
    number: '2301',
    chats_count: 1,
  },
  chat_id: 7701,
  session,
  page,
  agents: [],
  chat: {
    messages: [{ message: 'Do you open on Sunday?', timestamp: began, type: 'visitor' }],
    blacklisted: false,
  },
  plain_messages: '',
};

/** The same visitor's next chat, which was answered. */
export const answered = {
  ...missed,
  chat_id: 7702,
  agents: [maria],
  chat: {
    messages: [
      { message: 'Me again, about Sunday', timestamp: began + 30 * minute, type: 'visitor' },
      { message: 'Yes, from ten to two.', timestamp: began + 31 * minute, type: 'agent', agent_id: 1 },
    ],
    blacklisted: false,
  },
};
