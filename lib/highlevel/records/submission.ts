import * as z from 'zod';
import { isObject } from '../../base/json.ts';
import { contactLink, listOf, maybe, raw, text, type Output } from '../../schema/fields.ts';
import { contactNames } from './names.ts';

/** A submission of a form or a survey in HighLevel's responses. `others` has the answers, by custom field id or by name. */
export const SubmissionResponse = z.preprocess(
  (row) => (isObject(row) ? { ...row, id: row.id ?? row._id } : row),
  z.object({
    id: z.union([z.string(), z.number()]).transform(String),
    contactId: maybe.id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
    formId: maybe.id('Form ID', 'YSWdvS4Is98wtIDGnpmI'),
    surveyId: maybe.id('Survey ID', 'I5GFa3d3cKjojpe4VVUx'),
    createdAt: maybe.dateTime('Submitted At', '2026-01-28T09:12:41.809Z'),
    name: z.string().nullable().catch(null),
    email: z.string().nullable().catch(null),
    others: z.record(z.string(), z.unknown()).catch({}),
  }),
);
export type SubmissionResponse = z.output<typeof SubmissionResponse>;

/** A page of submissions. The total is in `meta`, with the number of the next page. */
const PageMeta = z.object({
  total: z.number().nullish().catch(null),
  nextPage: z.number().nullish().catch(null),
});

/** What follows the page of a list of submissions. */
export const pageMeta = PageMeta.catch({ total: null, nextPage: null });

/** The answer to a question of a form or survey. */
const Answer = {
  question: text('Question', 'Budget'),
  answer: text('Answer', '500'),
};

const common = {
  id: text('Submission ID', '38303ec7-629a-49e2-888a-cf8bf0b1f97e'),
  contactId: maybe.id('Contact ID', 'ocQHyuzHvysMo5N5VsXc'),
  ...contactNames,
};
const rest = {
  createdAt: maybe.dateTime('Submitted At', '2026-01-28T09:12:41.809Z'),
  answers: raw('Answers by Question', { 'Full Name': 'Jane Doe', Budget: '500' }),
  fields: listOf('Answers', Answer),
  pageUrl: maybe.text('Page URL', 'https://example.com/prices'),
  url: contactLink,
};

/** A submission of a form as a Zap receives it. */
export const FormSubmission = {
  ...common,
  formId: maybe.id('Form ID', 'YSWdvS4Is98wtIDGnpmI'),
  formName: maybe.text('Form Name', 'Price request'),
  ...rest,
};

/** A submission of a survey as a Zap receives it. */
export const SurveySubmission = {
  ...common,
  surveyId: maybe.id('Survey ID', 'I5GFa3d3cKjojpe4VVUx'),
  surveyName: maybe.text('Survey Name', 'After your visit'),
  ...rest,
};

/** What submissions of forms and surveys have in common. */
export type Submission = Omit<Output<typeof FormSubmission>, 'formId' | 'formName'>;

/** What HighLevel stores with the answers that nobody answered. Source: submissions that integrators published. */
const TECHNICAL = new Set([
  'eventData',
  'fieldsOriSequance',
  'formId',
  'surveyId',
  'location_id',
  'locationId',
  'contact_id',
  'contactId',
  'customer_id',
  'sessionId',
  'sessionFingerprint',
  'submissionId',
  'signatureHash',
  'paymentContactId',
  'ip',
  'Timezone',
  'timeSpent',
]);

/**
 * The submission for a Zap. `questions` maps the ids of custom fields to their names. Answers keep the order of the form;
 * two questions with one name are numbered.
 */
export function submissionFrom(
  answer: SubmissionResponse,
  questions: ReadonlyMap<string, string>,
  contactUrl: (contactId: string | null) => string,
): Submission {
  const { others } = answer;
  const { eventData } = others;
  const page = isObject(eventData) && isObject(eventData.page) ? eventData.page : {};
  const sequence = Array.isArray(others.fieldsOriSequance) ? others.fieldsOriSequance.map(String) : [];
  const keys = [...new Set([...sequence, ...Object.keys(others)])].filter(
    (key) => key in others && !TECHNICAL.has(key),
  );
  const answers = new Map<string, string>();
  for (const key of keys) {
    const given = textOf(others[key]);
    if (given === '') continue;
    const question = questions.get(key) ?? inWords(key);
    let name = question;
    for (let count = 2; answers.has(name); count++) name = `${question} ${count}`;
    answers.set(name, given);
  }
  return {
    id: answer.id,
    contactId: answer.contactId,
    contactName: filled(answer.name) ?? filled(others.full_name),
    contactEmail: filled(answer.email) ?? filled(others.email),
    contactPhone: filled(others.phone),
    createdAt: answer.createdAt,
    answers: Object.fromEntries(answers),
    fields: [...answers].map(([question, given]) => ({ question, answer: given })),
    pageUrl: filled(page.url),
    url: contactUrl(answer.contactId),
  };
}

/** An answer as text: several choices with commas, an uploaded file by its URL. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(', ');
  if (!isObject(value)) return '';
  const { url, value: inner } = value;
  if (typeof url === 'string') return url;
  if (inner !== undefined) return textOf(inner);
  const parts = Object.values(value).filter(isObject).map(textOf).filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : JSON.stringify(value);
}

/** A key such as `full_name` in words. One that already has spaces or capitals is a name. */
function inWords(key: string): string {
  if (!/^[a-z\d]+(?:_[a-z\d]+)*$/.test(key)) return key;
  return key
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}

function filled(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
