import { SubAccount } from '../../../lib/highlevel/records/location.ts';
import { refusesDuplicate } from '../../../lib/resources/location.ts';

const BOTH = { email: 'jane@example.com', phone: '+14155550132' };
const EMAIL = { ...BOTH, phone: null };
const PHONE = { ...BOTH, email: null };
const subAccount = (settings: object | null) => SubAccount.parse({ id: 'l1', settings });

test.each([
  [['email', 'phone'], BOTH, true],
  [['phone', 'email'], BOTH, true],
  [['email'], EMAIL, true],
  [['phone'], PHONE, true],
  [[' Phone ', 'EMAIL'], BOTH, true],
  [['phone'], EMAIL, false],
  [['email'], PHONE, false],
  [['phone'], BOTH, false],
  [['email'], BOTH, false],
  [[], EMAIL, false],
  [['name'], BOTH, false],
  [null, BOTH, true],
  [undefined, EMAIL, true],
  ['phone', EMAIL, true],
])(
  'recognizing contacts by %j, a sub-account without duplicates refuses a second %j: %s',
  (ids, lead, refuses) => {
    const settings = { allowDuplicateContact: false, contactUniqueIdentifiers: ids };
    expect(refusesDuplicate(subAccount(settings), lead)).toBe(refuses);
  },
);

test.each([[{ allowDuplicateContact: true }], [{}], [{ allowDuplicateContact: 'no' }], [null]])(
  'nothing is certain with the settings %j',
  (settings) => {
    expect(refusesDuplicate(subAccount(settings), BOTH)).toBe(false);
  },
);

test('nothing is certain without a sub-account', () => {
  expect(refusesDuplicate(undefined, BOTH)).toBe(false);
});
