import { errors } from 'zapier-platform-core';
import { ApiError, InputError } from '../../../lib/base/errors.ts';
import { finishWrites } from '../../../lib/resources/remaining_writes.ts';

const refused = new ApiError('refused', 'HighLevel did not create the note.', { status: 422 });
const duplicate = new ApiError('duplicate', 'HighLevel did not update the contact.', { status: 400 });
const gone = new ApiError('not found', 'HighLevel could not create the task.', { status: 404 });
const uncertain = new ApiError('uncertain', 'Look first.', { reason: 'HighLevel did not confirm it.' });
const unavailable = new ApiError('unavailable', 'Later.', { reason: 'HighLevel is down.' });
const soon = new ApiError('throttled', 'Busy.', { retryAfterMs: 5 });
const late = new ApiError('throttled', 'Busy.', { retryAfterMs: 7 });
const unexpected = new InputError('No.');
const stale = new errors.RefreshAuthError();
const failed = (...failures: Error[]) =>
  finishWrites(failures.map((failure) => Promise.reject(failure))).catch((error: unknown) => error);
const replay = /Replay this step: it completes what is missing and repeats nothing\.$/;

describe('Writes after the contact', () => {
  test('return the result of each', async () => {
    expect(await finishWrites([Promise.resolve(1), null, 'x'])).toEqual([1, null, 'x']);
  });

  test.each([
    ['a rate limit', [refused, soon], soon],
    ['a rate limit beside a duplicate', [duplicate, soon], soon],
    ['the longest rate limit', [soon, late, uncertain], late],
    ['a stale token', [refused, soon, stale], stale],
    ['a stale token that comes last', [uncertain, stale], stale],
    ['what nobody expects', [refused, unexpected], unexpected],
  ])('report %s to Zapier first, so that what is missing gets written', async (_, all, told) => {
    expect(await failed(...all)).toBe(told);
  });

  test.each([
    ['refused', [refused]],
    ['refused', [duplicate, refused]],
    ['not found', [gone]],
    ['duplicate', [duplicate]],
  ])('that HighLevel refuses (%s) do not advise a replay', async (kind, all) => {
    const error = await failed(...all);
    expect(error).toMatchObject({ kind, message: expect.not.stringMatching(replay) });
    for (const { reason } of all) expect(error).toMatchObject({ message: expect.stringContaining(reason) });
  });

  test.each([
    ['uncertain', [uncertain]],
    ['uncertain', [refused, uncertain]],
    ['unavailable', [duplicate, unavailable]],
  ])('that fail temporarily (%s) advise a replay, and do not hide a refusal', async (kind, all) => {
    const error = await failed(...all);
    expect(error).toMatchObject({ kind, message: expect.stringMatching(replay) });
    for (const { reason } of all) expect(error).toMatchObject({ message: expect.stringContaining(reason) });
  });
});
