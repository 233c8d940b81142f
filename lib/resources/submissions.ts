import * as z from 'zod';
import { pagesBySkip } from '../base/pages.ts';
import type { HighLevel } from '../highlevel/client.ts';
import { Named } from '../highlevel/records/location.ts';
import type { SubmissionResponse } from '../highlevel/records/submission.ts';
import { cached, customFields, ifReadable } from './location.ts';

/** What people fill in at HighLevel: forms and surveys, which have endpoints of the same form. */
export type Questionnaire = 'form' | 'survey';

/** The submissions on a page. HighLevel refuses more. */
export const SUBMISSIONS_PAGE = 100;
/** The forms or surveys on a page. HighLevel refuses more. */
export const QUESTIONNAIRES_PAGE = 50;
const MAX_LISTED = 500;

/** A page of submissions, and what the response says about the others. */
export interface SubmissionPage {
  submissions: SubmissionResponse[];
  received: number;
  meta: { total?: number | null; nextPage?: number | null };
}

/** A page of the submissions of these days (YYYY-MM-DD), of one form or survey if `id` is given. One request. */
export function submissionPage(
  highlevel: HighLevel,
  kind: Questionnaire,
  { id, ...days }: { id?: string | undefined; startAt: string; endAt: string },
  page: number,
): Promise<SubmissionPage> {
  const query = { locationId: highlevel.locationId, page, limit: SUBMISSIONS_PAGE, ...days };
  return kind === 'form'
    ? highlevel.request('GET /forms/submissions', { query: { ...query, formId: id } })
    : highlevel.request('GET /surveys/submissions', { query: { ...query, surveyId: id } });
}

/** One page of the sub-account's forms or surveys. One request. */
export async function questionnairePage(
  highlevel: HighLevel,
  kind: Questionnaire,
  skip: number,
  more?: { withinMs: number },
): Promise<{ rows: Named[]; received: number; total?: number | null }> {
  const query = { locationId: highlevel.locationId, skip, limit: QUESTIONNAIRES_PAGE };
  if (kind === 'form') {
    const { forms: rows, ...page } = await highlevel.request('GET /forms/', { query }, more);
    return { rows, ...page };
  }
  const { surveys: rows, ...page } = await highlevel.request('GET /surveys/', { query }, more);
  return { rows, ...page };
}

/** The sub-account's forms or surveys, at most 500. Cached. `withinMs` is the time limit of each request. */
export function questionnaires(
  highlevel: HighLevel,
  kind: Questionnaire,
  more?: { withinMs: number },
): Promise<Named[]> {
  return cached(highlevel, `${kind}s`, z.array(Named), () =>
    pagesBySkip((skip) => questionnairePage(highlevel, kind, skip, more), QUESTIONNAIRES_PAGE, MAX_LISTED),
  );
}

/** The names of custom fields, by their ids, which stand for questions in submissions. Cached; empty if they cannot be read. */
export async function questionNames(highlevel: HighLevel): Promise<ReadonlyMap<string, string>> {
  const fields = await ifReadable(customFields(highlevel), []);
  return new Map(fields.map(({ id, name }) => [id, name]));
}
