import type { Random } from '../../sandbox/random.ts';
import { emails, phones } from '../../unit/base/contact_details.corpus.ts';

/** What a visitor typed into the three fields, their location, and the intended details; null if unusable. */
export interface Visitor {
  name: string;
  email: string;
  phone: string;
  country: string | null;
  meant: { email: string | null; phone: string | null };
}

/** The sub-account's country. */
const ACCOUNT = 'US';
// They do not contain the other kind of detail.
const localPhones = phones.filter(([typed, , account]) => account === ACCOUNT && !typed.includes('@'));
const addresses = emails.filter(([typed]) => typed.replace(/\P{Nd}/gu, '').length < 7);
const names = ['Jane Doe', 'Анна Петрова', 'José', 'Visitor 1234', '', 'Клиент', 'O’Brien, Pat', '李'];
const words = ['n/a', 'call me', 'none', '-', '', 'ask my wife', '12345', '5555555555', 'zoe@example..com'];

/** A visitor whose fields are filled in as in the corpus or as people do; chosen by a seeded generator. */
export function visitor(random: Random, index: number): Visitor {
  const name = random.pick(['Jane Doe', ...names]);
  const own = `lead${Math.floor(random.next() * 400)}@example.com`;
  const digits = `415555${String(2000 + (index % 900)).padStart(4, '0')}`;
  const plain = `+1${digits}`;
  const local = `(${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6)}`;
  const [typedEmail, email] = random.pick([['', null], ...addresses]);
  const [typedPhone, country, , phone] = random.pick([['', null, ACCOUNT, null], ...localPhones]);
  const nothing = random.pick(['', ...words]);
  const other = random.pick(['', ...words]);
  return random.pick<Visitor>([
    { name, email: typedEmail, phone: '', country: null, meant: { email, phone: null } },
    { name, email: '', phone: typedPhone, country, meant: { email: null, phone } },
    { name, email: typedEmail, phone: typedPhone, country, meant: { email, phone } },
    { name, email: own, phone: local, country: null, meant: { email: own, phone: plain } },
    { name, email: own, phone: nothing, country: 'DE', meant: { email: own, phone: null } },
    { name, email: nothing, phone: local, country: 'GB', meant: { email: null, phone: plain } },
    { name, email: local, phone: own, country: null, meant: { email: own, phone: plain } },
    { name, email: `${own} and b@example.org`, phone: '', country: null, meant: { email: own, phone: null } },
    { name: own, email: '', phone: '', country: null, meant: { email: own, phone: null } },
    { name, email: nothing, phone: other, country: null, meant: { email: null, phone: null } },
  ]);
}
