import { DAY, HOUR, newestBy } from '../base/dates.ts';
import { ApiError } from '../base/errors.ts';
import type { HighLevel } from '../highlevel/client.ts';
import type { SubmissionResponse } from '../highlevel/records/submission.ts';
import { SUBMISSIONS_PAGE, submissionPage, type Questionnaire } from '../resources/submissions.ts';
import { adviseWhenSlow } from './progress.ts';
import { filterAsync, openWindow, type PollMode } from './window.ts';

/** The most pages that one poll reads. */
export const MAX_PAGES = 20;
const SAMPLE = 3;
/** The furthest that a sub-account's day may begin before or after the UTC day with the same date. */
const ZONE = 14 * HOUR;

/** A poll of a submission trigger: the trigger's `key`, and the form or survey if one is chosen. */
export interface SubmissionPoll {
  key: string;
  kind: Questionnaire;
  id?: string | undefined;
}

/**
 * The submissions that a trigger should see, newest first. HighLevel filters them by day only, and does not document their
 * order, nor in which time zone its days begin: all pages from yesterday to tomorrow (UTC) are read, earlier ones if the
 * last poll was long ago. If there are more than 20 pages, the newest day alone is read; if that is too much too, an error
 * asks for a form: never a part of it.
 */
export async function pollSubmissions(
  highlevel: HighLevel,
  { key, kind, id }: SubmissionPoll,
  mode: PollMode,
): Promise<SubmissionResponse[]> {
  const now = highlevel.now();
  if (mode === 'sample') {
    // HighLevel's default of a month, so that a sample is found.
    const days = { id, startAt: dayOf(now - 30 * DAY), endAt: dayOf(now + DAY) };
    const { submissions } = await submissionPage(highlevel, kind, days, 1);
    return submissions.toSorted(newestFirst).slice(0, SAMPLE);
  }
  const endAt = dayOf(now + DAY);
  const previous = await openWindow(highlevel, key, [id]);
  const startAt = dayOf(Math.min(now - DAY, previous.start - ZONE));
  const read = (from: string) =>
    adviseWhenSlow(highlevel, () => allPages(highlevel, kind, { id, startAt: from, endAt }));
  const newest = dayOf(now - ZONE);
  const found = (await read(startAt)) ?? (newest === startAt ? undefined : await read(newest));
  if (!found) throw tooMany(kind, id);
  // Again, because a response has told HighLevel's clock.
  const window = await openWindow(highlevel, key, [id]);
  const due =
    mode === 'poll' ? await filterAsync(found, ({ createdAt }) => window.includes(createdAt)) : found;
  await window.close();
  return due.toSorted(newestFirst);
}

/** All submissions of these days, each once; undefined if there are more than 20 pages. */
async function allPages(
  highlevel: HighLevel,
  kind: Questionnaire,
  days: { id?: string | undefined; startAt: string; endAt: string },
): Promise<SubmissionResponse[] | undefined> {
  const found = new Map<string, SubmissionResponse>();
  let read = 0;
  for (let page = 1; page <= MAX_PAGES; page++) {
    const { submissions, received, meta } = await submissionPage(highlevel, kind, days, page);
    if ((meta.total ?? 0) > MAX_PAGES * SUBMISSIONS_PAGE) return undefined;
    read += received;
    const before = found.size;
    for (const row of submissions) if (!found.has(row.id)) found.set(row.id, row);
    // A page of known rows repeats an earlier one.
    const isStuck = submissions.length > 0 && found.size === before;
    if (!mayFollow(meta, { page, received, read }) || isStuck) return [...found.values()];
  }
  return undefined;
}

/** Whether another page follows: HighLevel gives its number and the total, else a full page means so. */
function mayFollow(
  { nextPage, total }: { total?: number | null; nextPage?: number | null },
  { page, received, read }: { page: number; received: number; read: number },
): boolean {
  if (received === 0) return false;
  if (typeof nextPage === 'number') return nextPage > page;
  if (typeof total === 'number') return read < total;
  return received >= SUBMISSIONS_PAGE;
}

function tooMany(kind: Questionnaire, id: string | undefined): ApiError {
  const most = (MAX_PAGES * SUBMISSIONS_PAGE).toLocaleString('en-US');
  return new ApiError(
    'refused',
    id
      ? `This ${kind} has more than ${most} submissions a day, which is too many for this trigger.`
      : `There are more than ${most} ${kind} submissions a day, too many to read at each poll. Choose a ${kind}, so that this trigger watches fewer of them.`,
  );
}

/** The UTC day of a time, as YYYY-MM-DD. */
function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

const newestFirst = newestBy((row: SubmissionResponse) => row.createdAt);
