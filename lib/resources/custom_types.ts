import type { CustomField } from '../highlevel/records/location.ts';

/**
 * How each of HighLevel's `dataType`s is asked for in the editor. Left out are FILE_UPLOAD, SIGNATURE and TEXTBOX_LIST,
 * whose values a form cannot give: HighLevel takes wrong shapes of them with a 200 and keeps nothing.
 */
const looks = {
  TEXT: { type: 'string' },
  LARGE_TEXT: { type: 'text' },
  PHONE: { type: 'string' },
  EMAIL: { type: 'string' },
  DATE: { type: 'datetime' },
  SINGLE_OPTIONS: { type: 'string', choices: true },
  RADIO: { type: 'string', choices: true },
  NUMERICAL: { type: 'number' },
  MONETORY: { type: 'number' },
  CHECKBOX: { type: 'string', choices: true, list: true },
  MULTIPLE_OPTIONS: { type: 'string', choices: true, list: true },
} as const;

/** How a custom field is asked for; undefined when no Zap can fill it, and so none can empty it. */
export function lookOf(field: CustomField) {
  return Object.entries(looks).find(([dataType]) => dataType === field.dataType)?.[1];
}

/** Whether any text may be put into the field. */
export function takesText(field: CustomField): boolean {
  const look = lookOf(field);
  return look !== undefined && (look.type === 'string' || look.type === 'text') && !('choices' in look);
}
