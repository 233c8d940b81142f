import { allows, choiceFor, requestedScopes, type Scope } from '../../../lib/highlevel/scopes.ts';

const everything = { access: 'full', allowOpportunities: 'true', allowCompanies: true };
const granted = requestedScopes(everything).join(' ');

test.each<[string, Parameters<typeof allows>[0], Scope, boolean]>([
  ['chosen and granted', { ...everything, scope: granted }, 'opportunities.write', true],
  ['chosen, but not granted', { ...everything, scope: 'contacts.readonly' }, 'opportunities.write', false],
  ['granted, but not chosen', { scope: granted }, 'opportunities.write', false],
  ['granted, but refused', { scope: granted, allowOpportunities: 'false' }, 'opportunities.readonly', false],
  ['chosen for reading', { ...everything, access: 'read', scope: granted }, 'opportunities.readonly', true],
  [
    'chosen for reading, needed for writing',
    { ...everything, access: 'read', scope: granted },
    'opportunities.write',
    false,
  ],
  ['of a Private Integration Token', {}, 'opportunities.write', true],
  ['with unknown permissions, and refused', { allowOpportunities: 'false' }, 'opportunities.write', false],
])('a permission that is %s', (_, authData, scope, expected) => {
  expect(allows(authData, scope)).toBe(expected);
});

test.each<[Scope, string]>([
  ['contacts.readonly', 'at least the access "Read Contacts Only"'],
  ['users.readonly', 'at least the access "Read Only"'],
  ['contacts.write', 'at least the access "Read and Write"'],
  ['opportunities.readonly', '"Allow Opportunities" set to Yes'],
  ['opportunities.write', '"Allow Opportunities" set to Yes and the access "Read and Write"'],
  ['businesses.write', '"Allow Company Changes" set to Yes and the access "Read and Write"'],
])('what to choose for %s', (scope, choice) => {
  expect(choiceFor(scope)).toBe(choice);
});
