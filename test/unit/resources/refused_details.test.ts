import { ApiError } from '../../../lib/base/errors.ts';
import { errorFor } from '../../../lib/highlevel/error_responses.ts';
import { refusedDetails, writeAccepted } from '../../../lib/resources/refused_details.ts';

const refusal = (status: number, message: unknown, more: object = {}) =>
  errorFor(status, { statusCode: status, message, ...more }, 'create the contact', false);

test.each([
  [422, ['email must be an email'], ['email']],
  [400, 'Invalid phone number', ['phone']],
  [400, 'Email is invalid.', ['email']],
  [422, ['phone must be a valid phone number', 'email must be an email'], ['email', 'phone']],
  [400, 'The phoneNumber is not valid', ['phone']],
  [422, ['a valid e-mail is required'], ['email']],
])('a %i with %j names a detail', (status, message, details) => {
  expect(refusedDetails(refusal(status, message))).toEqual(details);
});

test.each([
  ['another field', refusal(422, ['timezone must be a string'])],
  [
    'a field of a similar name',
    refusal(422, ['additionalEmails must be an array', 'emailOptIn must be set']),
  ],
  ['a custom field', refusal(400, 'Invalid value for custom field Work Email')],
  [
    'no details at all',
    refusal(400, 'Contacts without email, phone, firstName and lastName are not allowed.'),
  ],
  ['a missing detail', refusal(400, 'At least one of email or phone is required')],
  [
    'a duplicate by its meta',
    refusal(400, 'This location does not allow duplicated contacts.', {
      meta: { contactId: 'c1', matchingField: 'email' },
    }),
  ],
  ['a duplicate by its sentence', refusal(400, 'A contact with this email already exists')],
  ['a record that is gone', refusal(404, 'No contact with this email')],
  [
    'an unknown outcome',
    new ApiError('uncertain', 'HighLevel says: "email must be an email".', { status: 400 }),
  ],
  ['another error', new Error('HighLevel says: "email must be an email".')],
])('an error about %s does not name a detail', (_, error) => {
  expect(refusedDetails(error)).toEqual([]);
});

describe('Writing a contact with a refused detail', () => {
  const body = { email: 'a@b.co', phone: '+14155550132', firstName: 'Ann' };
  const writing = (...answers: (ApiError | string)[]) => {
    const sent: object[] = [];
    const write = async (given: object) => {
      sent.push(given);
      const answer = answers.shift();
      if (answer instanceof ApiError) throw answer;
      return answer;
    };
    return { sent, write };
  };
  const noEmail = refusal(422, ['email must be an email']);
  const noPhone = refusal(400, 'Invalid phone number');
  const suffices = (rest: { email?: unknown; phone?: unknown }) => Boolean(rest.email ?? rest.phone);

  test('leaves it out, with a warning', async () => {
    const { sent, write } = writing(noPhone, 'written');
    const warnings: string[] = [];
    const options = { refusedDetail: 'leave_out' as const, suffices, warnings };
    expect(await writeAccepted(body, write, options)).toBe('written');
    expect(sent).toEqual([body, { email: 'a@b.co', firstName: 'Ann' }]);
    expect(warnings).toEqual([
      'HighLevel refused the phone number "+14155550132", so the contact was written without it.',
    ]);
  });

  test('stops if the rest is not worth writing', async () => {
    const { sent, write } = writing(noPhone, noEmail);
    const running = writeAccepted(body, write, { refusedDetail: 'leave_out', suffices, warnings: [] });
    await expect(running).rejects.toThrow('HighLevel refused the email "a@b.co". HighLevel did not create');
    expect(sent).toHaveLength(2);
  });

  test('stops at once if configured', async () => {
    const { sent, write } = writing(noEmail);
    const running = writeAccepted(body, write, { refusedDetail: 'stop', suffices, warnings: [] });
    await expect(running).rejects.toThrow('HighLevel refused the email "a@b.co".');
    expect(sent).toEqual([body]);
  });

  test('passes on any other error', async () => {
    const other = refusal(422, ['city must be a string']);
    const { write } = writing(other);
    const running = writeAccepted(body, write, { refusedDetail: 'leave_out', suffices, warnings: [] });
    await expect(running).rejects.toBe(other);
  });
});
