import { formIdField, optional } from '../lib/schema/fields.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { pollSubmissions } from '../lib/polling/submissions.ts';
import { questionNames } from '../lib/resources/submissions.ts';
import { FormSubmission, submissionFrom } from '../lib/highlevel/records/submission.ts';

export default trigger({
  key: 'new_form_submission',
  noun: 'Form Submission',
  display: { label: 'New Form Submission', description: 'Triggers when a form is submitted.' },
  input: {
    formId: optional(
      formIdField,
      "Trigger only for submissions of this form. Choose a form, or map a form's ID. Choose one if the sub-account gets many submissions.",
    ),
  },
  output: FormSubmission,
  primary: ['id'],

  async perform(highlevel, { formId: id }, mode) {
    const poll = { key: 'new_form_submission', kind: 'form' as const, id };
    const rows = await pollSubmissions(highlevel, poll, mode);
    // To fill the dedupe table, only the ids are needed.
    const needsNames = rows.length > 0 && mode !== 'fill';
    const questions = needsNames ? await questionNames(highlevel) : new Map<string, string>();
    return rows.map((row) => ({
      ...submissionFrom(row, questions, highlevel.contactUrl),
      formId: row.formId,
      formName: null,
    }));
  },
});
