import { optional, surveyIdField } from '../lib/schema/fields.ts';
import { trigger } from '../lib/zapier/operation.ts';
import { pollSubmissions } from '../lib/polling/submissions.ts';
import { questionNames } from '../lib/resources/submissions.ts';
import { SurveySubmission, submissionFrom } from '../lib/highlevel/records/submission.ts';

export default trigger({
  key: 'new_survey_submission',
  noun: 'Survey Submission',
  display: { label: 'New Survey Submission', description: 'Triggers when a survey is submitted.' },
  input: {
    surveyId: optional(
      surveyIdField,
      "Trigger only for submissions of this survey. Choose a survey, or map a survey's ID. Choose one if the sub-account gets many submissions.",
    ),
  },
  output: SurveySubmission,
  primary: ['id'],

  async perform(highlevel, { surveyId: id }, mode) {
    const poll = { key: 'new_survey_submission', kind: 'survey' as const, id };
    const rows = await pollSubmissions(highlevel, poll, mode);
    // To fill the dedupe table, only the ids are needed.
    const needsNames = rows.length > 0 && mode !== 'fill';
    const questions = needsNames ? await questionNames(highlevel) : new Map<string, string>();
    return rows.map((row) => ({
      ...submissionFrom(row, questions, highlevel.contactUrl),
      surveyId: row.surveyId,
      surveyName: null,
    }));
  },
});
