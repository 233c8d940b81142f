import type { Random } from '../../sandbox/random.ts';

const MINUTE = 60_000;
/** The JivoChat channel's id, with which every trace begins. */
export const WIDGET = '3948';

/** A person who chats; without email and phone, a lead that nobody can use. */
export interface Visitor {
  name: string;
  email: string | null;
  phone: string | null;
}

/** A chat or an offline message, and what its note must say in the end. */
export interface Chat {
  id: number;
  visitor: Visitor;
  blacklisted: boolean;
  /** The line by which its note and its task are known. */
  trace: RegExp;
  /** One word of each message that has arrived, found nowhere else. */
  words: Set<string>;
  rating: string | null;
}

/** An event of a chat, when it arrives (epoch ms), and what it says. */
export interface Arrival {
  at: number;
  chat: Chat;
  event: Record<string, unknown>;
  words: string[];
  rating: string | null;
}

/** How many visitors there are: fewer than chats, so that some come back. */
const visitorsOf = (chats: number) => Math.ceil(chats * 0.6);

/** Visitors and all that they say in `hours`. `regular` is the email of the one who comes most often. */
export function drawArrivals(
  random: Random,
  { chats, start, hours, regular }: { chats: number; start: number; hours: number; regular: string },
): Arrival[] {
  const visitors = Array.from({ length: visitorsOf(chats) }, (_, index) => drawVisitor(random, index));
  visitors[0] = { name: 'Rita Regular', email: regular, phone: null };
  const arrivals: Arrival[] = [];
  let together = start;
  for (let id = 1001; id < 1001 + chats; id++) {
    // A fifth arrives at the very moment of the one before.
    if (random.next() >= 0.2) together = start + Math.floor(random.next() * hours * 60) * MINUTE;
    const common = random.next() < 0.1 ? 0 : Math.floor(random.next() * visitors.length);
    const visitor = visitors[common];
    if (visitor) arrivals.push(...drawChat(random, id, visitor, together));
  }
  return arrivals;
}

function drawVisitor(random: Random, index: number): Visitor {
  const name = random.pick(['Jane Doe', 'Анна Петрова', 'José Núñez', "O'Brien", '']);
  const email = `guest${index}@example.com`;
  const phone = `+1415555${String(2000 + index)}`;
  const share = random.next();
  if (share < 0.06) return { name, email: null, phone: null };
  if (share < 0.2) return { name, email: null, phone };
  return { name, email, phone: share < 0.5 ? phone : null };
}

function drawChat(random: Random, id: number, visitor: Visitor, at: number): Arrival[] {
  const isOffline = random.next() < 0.12;
  const chat: Chat = {
    id,
    visitor,
    blacklisted: !isOffline && random.next() < 0.03,
    trace: new RegExp(`JivoChat ${WIDGET}/${id}(?![\\w/-])`),
    words: new Set(),
    rating: null,
  };
  const words = Array.from({ length: 2 + Math.floor(random.next() * 8) }, (_, index) => `m${id}x${index}`);
  const texts = words.map((word) =>
    random.pick([word, `Hi, ${word} & more`, `<b>${word}</b>`, `2 < 3, says ${word}`, `${word} 🙂`]),
  );
  const typed = typedBy(random, visitor);
  const arrive = (after: number, event: Record<string, unknown>, said: string[], rating: string | null) => ({
    at: at + after * MINUTE,
    chat,
    event: { widget_id: WIDGET, visitor: typed, session: { geoip: { country_code: 'US' } }, ...event },
    words: said,
    rating,
  });
  const minutes = (most: number) => 1 + Math.floor(random.next() * most);
  const isRepeated = random.next() < 0.2;

  if (isOffline) {
    const [word = ''] = words;
    const event = { event_name: 'offline_message', offline_message_id: id, message: `Please call: ${word}` };
    const first = arrive(0, event, [word], null);
    return isRepeated ? [first, arrive(minutes(20), event, [word], null)] : [first];
  }

  const finished = (after: number, count: number, rate: string | null) => {
    const said = words.slice(0, count);
    const messages = texts.slice(0, count).map((message, index) => ({
      message,
      type: index % 2 === 0 ? 'visitor' : 'agent',
      timestamp: Math.floor(at / 1000) + index * 7,
    }));
    const agents = [{ id: 1, name: 'Tom', email: 'tom@example.com' }];
    const event = {
      event_name: 'chat_finished',
      chat_id: id,
      agents,
      chat: { messages, rate, blacklisted: chat.blacklisted },
    };
    return arrive(after, event, said, rate);
  };
  const isReopened = random.next() < 0.3;
  const early = isReopened ? Math.ceil(words.length / 2) : words.length;
  const first = finished(0, early, null);
  const arrivals = [first];
  if (random.next() < 0.1 && !chat.blacklisted) {
    const accepted = { event_name: 'chat_accepted', chat_id: id, agents: [{ id: 1, name: 'Tom' }] };
    arrivals.push(arrive(-2, accepted, [], null));
  }
  if (isRepeated) arrivals.push({ ...first, at: first.at + minutes(40) * MINUTE });
  const later = minutes(90);
  if (isReopened) arrivals.push(finished(later, words.length, null));
  if (random.next() < 0.2) arrivals.push(finished(later + minutes(60), words.length, 'positive'));
  return arrivals;
}

/** What the visitor types into the boxes, in one way or another. The email is always there, if there is one. */
function typedBy(random: Random, { name, email, phone }: Visitor): Record<string, unknown> {
  const local = phone && `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`;
  return {
    name: name || null,
    email: email && random.pick([email, email, ` ${email.toUpperCase()} `]),
    phone: email && random.next() < 0.3 ? null : random.pick([phone, local]),
  };
}
