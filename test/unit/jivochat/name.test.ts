import { readEvent } from '../../../lib/jivochat/event.ts';
import { leadFrom } from '../../../lib/jivochat/lead.ts';
import { sample } from '../../support/jivochat/samples.ts';

const read = (name: unknown, changes: Record<string, unknown> = {}) => {
  const lead = leadFrom(readEvent(sample('chat_finished', { 'visitor.name': name, ...changes })));
  return { name: lead.name, firstName: lead.firstName, lastName: lead.lastName };
};
const nobody = { name: null, firstName: null, lastName: null };

test.each([
  ['John Smith', 'John', 'Smith'],
  ['  John \t Smith ', 'John', 'Smith'],
  ['Thomas', 'Thomas', null],
  ['María José de la Cruz', 'María', 'José de la Cruz'],
  ['Анна Петрова', 'Анна', 'Петрова'],
  ['李小龙', '李小龙', null],
  ['نور الهدى', 'نور', 'الهدى'],
  ['\u202Eنور\u202C الهدى', 'نور', 'الهدى'],
  ['Zoë 🙂', 'Zoë', '🙂'],
  ['👩‍👩‍👧', '👩‍👩‍👧', null],
  ['Jo\uD800hn\u0000 Smith', 'John', 'Smith'],
  ['O’Neil 3rd', 'O’Neil', '3rd'],
  ['Guest', 'Guest', null],
  ['Ivan Gast', 'Ivan', 'Gast'],
  ['Nona Name', 'Nona', 'Name'],
  ['Клиентов Пётр', 'Клиентов', 'Пётр'],
])('%j is a name', (name, firstName, lastName) => {
  expect(read(name)).toEqual({ name: [firstName, lastName].filter(Boolean).join(' '), firstName, lastName });
});

test.each([
  null,
  undefined,
  '',
  '  ',
  '-',
  '???',
  '2198',
  'n/a',
  'Client 1234',
  'Visitor 1234',
  'visitor #1234',
  'Visitor№1234',
  'Cliente 1234',
  'Visitante 1234',
  'Клиент 1234',
  'Посетитель 1234',
  'КЛИЕНТ 1234',
  'Відвідувач 1234',
  'Клієнт 1234',
  'Besucher 1234',
  'Visiteur 1234',
  'Visitatore 1234',
  'Bezoeker 1234',
  'Ziyaretçi 1234',
  'Ziyaretc\u0327i 1234',
  'Klient 1234',
  'Pengunjung 1234',
  'Látogató 1234',
  '访客 1234',
  'زائر 1234',
  'Visitor',
  'Посетитель',
  'посетитель',
  'Клиент',
  'Гость',
  'Клієнт',
  'Гість',
  'Cliente',
  'Клиент Jivo',
  'Клиент из Jivo',
  'клиент JivoSite 1234',
  'JivoChat visitor',
  'no name',
  'No-Name',
  'noname',
  'Без имени',
  'unknown',
  'Unknown user',
  'Не указано',
  'undefined undefined',
  'null null',
  'undefined',
  '\u200BКлиент\u200E',
  'Vis\u200Bitor 1234',
])('%j is a placeholder', (name) => {
  expect(read(name)).toEqual(nobody);
});

test.each([
  ['the city', 'San Francisco 1234', nobody],
  ['the city in another case', 'SAN FRANCISCO #1234', nobody],
  ['the region', 'California 1234', nobody],
  ['the country', 'United States 1234', nobody],
  ['the city in another script', 'Сан-Франциско 2198', nobody],
  [
    'another city, and not the visitor',
    'Paris 75011',
    { name: 'Paris 75011', firstName: 'Paris', lastName: '75011' },
  ],
  ['the city alone', 'San Francisco', { name: 'San Francisco', firstName: 'San', lastName: 'Francisco' }],
])('a place with a number is a placeholder when it is %s', (_, name, expected) => {
  expect(read(name)).toEqual(expected);
});

test.each([
  ['anna@example.com', { email: 'anna@example.com', phone: null }],
  ['Anna@Example.com ', { email: 'anna@example.com', phone: null }],
  ['+1 (415) 555-0132', { email: null, phone: '+14155550132' }],
  ['(415) 555-0132', { email: null, phone: '+14155550132' }],
  ['00000000', { email: null, phone: null, phoneRaw: '00000000' }],
])('%j in the name field is an email or phone number', (typed, details) => {
  const changes = { 'visitor.name': typed, 'visitor.email': null, 'visitor.phone': null };
  const event = readEvent(sample('chat_finished', changes));
  expect(leadFrom(event)).toMatchObject({ ...nobody, ...details });
});

test('an email or phone number in the name field never replaces the visitor’s own', () => {
  expect(leadFrom(readEvent(sample('chat_finished', { 'visitor.name': 'other@example.com' })))).toMatchObject(
    {
      ...nobody,
      email: 'email@example.com',
    },
  );
  expect(leadFrom(readEvent(sample('chat_finished', { 'visitor.name': '+14155550132' })))).toMatchObject({
    ...nobody,
    phone: '+14084987855',
  });
});
