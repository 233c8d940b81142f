import * as z from 'zod';

/** The dropdowns that a field can show; lib/zapier/dropdowns.ts implements them. */
export type DropdownName =
  | 'contacts'
  | 'users'
  | 'assignees'
  | 'tags'
  | 'businesses'
  | 'opportunities'
  | 'pipelines'
  | 'pipelineStages'
  | 'lostReasons'
  | 'customFields'
  | 'campaigns'
  | 'workflows'
  | 'calendars'
  | 'tasks'
  | 'notes'
  | 'appointments'
  | 'forms'
  | 'surveys'
  | 'phoneNumbers'
  | 'clearable'
  | 'contactFields'
  | 'countries'
  | 'timezones';

/** How the Zap editor shows a field. */
export interface EditorField {
  type: 'string' | 'text' | 'integer' | 'number' | 'boolean' | 'datetime' | 'copy';
  list?: true;
  /** Pairs of names and values; the step gets them as a query text. */
  dict?: true;
  /** Fixed choices, value to label. */
  choices?: Record<string, string>;
  /** The dropdown to choose a value from, so that nobody has to type an id. */
  dropdown?: DropdownName;
  /** Adds "add a search step" to the dropdown: `search key.output key`. */
  search?: string;
  /** The fields that must be filled in before this one. */
  dependsOn?: string[];
  placeholder?: string;
  /** Passes on a time with its offset, because HighLevel compares it as text. Otherwise times are in UTC. */
  keepsOffset?: true;
}

/**
 * The format of a text. Email addresses and phone numbers are parsed by the step, which has more context; the others when
 * the input is parsed.
 */
export type InputFormat = 'id' | 'email' | 'phone' | 'country' | 'time zone' | 'day';

// Compiled parsers pay off after many parses; most runs parse a few records.
z.config({ jitless: true });

/** The kinds of records with custom fields, by HighLevel's names. */
export type CustomModel = 'contact' | 'opportunity';

/** What a field is called and how it is shown. */
export interface About {
  /** Its label. */
  title?: string;
  /** Its help text. */
  description?: string;
  /** A realistic value, for samples. */
  example?: unknown;
  /** How the Zap editor shows the field. */
  editor?: EditorField;
  /** The format of the field's text. */
  format?: InputFormat;
  /** Marks the record with this field as one of a kind whose custom fields are shown by name. */
  customFieldsOf?: CustomModel;
  /** Whether it may be left out. */
  isOptional?: true;
  /** The value that it has if it is left out. */
  preset?: Preset;
  /** The record that it contains. */
  record?: Fields;
  /** The record that each item of its list is. */
  item?: Fields;
}

/** The fields of an input or a record, each by its key. */
export type Fields = Record<string, Field>;

/** The values of such fields, parsed. */
export type Output<F extends Fields> = z.output<z.ZodObject<z.core.util.Writeable<F>>>;

/** A value that a field can have from the start. */
type Preset = string | number | boolean | readonly string[];

/**
 * A field of an input or of a record: its schema, and what it is called. Zod takes it for a schema, but the real one is made
 * when it first parses a value: each cold start declares hundreds of fields, and a run parses few of them.
 */
export class Field<T extends z.ZodType = z.ZodType> {
  readonly about: Readonly<About>;
  readonly #make: () => T;
  #schema: T | undefined;

  constructor(make: () => T, about: About) {
    this.#make = make;
    this.about = about;
  }

  /** Made once. */
  get schema(): T {
    return (this.#schema ??= this.#make());
  }

  // What zod reads of a schema.
  get _zod(): T['_zod'] {
    return this.schema._zod;
  }

  get '~standard'(): T['~standard'] {
    return this.schema['~standard'];
  }

  /** The same field, about which more is known. */
  meta(more: About): Field<T> {
    return new Field(() => this.schema, { ...this.about, ...more });
  }

  /** The same field with another help text. */
  describe(description: string): Field<T> {
    return this.meta({ description });
  }

  /** The same field with a value if it is left out. */
  default(preset: z.core.util.NoUndefined<z.output<T>> & Preset): Field<z.ZodDefault<T>> {
    return new Field(() => this.schema.default(preset), { ...this.about, isOptional: true, preset });
  }

  /** The same field, but a value of another type becomes `value`. */
  catch(value: z.output<T>): Field<z.ZodCatch<T>> {
    return new Field(() => this.schema.catch(value), { ...this.about, isOptional: true });
  }

  /** The same field, which may be null. */
  nullable(): Field<z.ZodNullable<T>> {
    return new Field(() => z.nullable(this.schema), this.about);
  }

  /** The same field with a stricter schema. */
  narrowed<U extends z.ZodType>(narrow: (schema: T) => U): Field<U> {
    return new Field(() => narrow(this.schema), this.about);
  }
}

/**
 * HighLevel's ids: letters, digits, `-` and `_`. Anything else could change a request's path. The longest ones, of recurring
 * appointments, have about 50 characters.
 */
export const ID = /^[A-Za-z0-9_-]{1,128}$/;

/** The prefix of a custom field's input key; the field's id follows. */
export const CUSTOM_FIELD = 'customField_';

// Users map numbers and booleans into text fields, and some APIs send ids as numbers.
const asText = (value: unknown) =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;

// HighLevel sends dates as ISO text or as epoch milliseconds, depending on the endpoint.
const asDate = (value: unknown) =>
  typeof value === 'number' && Math.abs(value) < 8.64e15 ? new Date(value).toISOString() : value;

const anyText = new Field(() => z.preprocess(asText, z.string()), { editor: { type: 'string' } });
const anyLongText = anyText.meta({ editor: { type: 'text' } });
const anyId = new Field(() => z.preprocess(asText, z.string().regex(ID)), {
  editor: { type: 'string' },
  format: 'id',
});
const anyDate = new Field(() => z.preprocess(asDate, z.string()), { editor: { type: 'datetime' } });
const anyList = new Field(() => z.array(anyText.schema), { editor: { type: 'string', list: true } });

/** Makes the fields of a type, which share its schema. */
const typed =
  <T extends z.ZodType>(shared: Field<T>) =>
  (title: string, example: NonNullable<z.output<T>>) =>
    shared.meta({ title, example });

const orNull = <T extends z.ZodType>(field: Field<T>) =>
  new Field(() => z.nullable(field.schema).catch(null), { ...field.about, isOptional: true });

/**
 * A field of a record that an endpoint may leave out. Null if it is missing or has another type: an unexpected value in an
 * unmapped field must not stop a Zap. The types of most fields have a form of their own, which share one schema.
 */
export const maybe = Object.assign(orNull, {
  text: typed(orNull(anyText)),
  longText: typed(orNull(anyLongText)),
  id: typed(orNull(anyId)),
  dateTime: typed(orNull(anyDate)),
});

/** A field that may be left blank, with its help text. */
export const optional = <T extends z.ZodType>(field: Field<T>, help?: string) =>
  new Field(() => z.optional(field.schema), {
    ...field.about,
    ...(help && { description: help }),
    isOptional: true,
  });

/** A single-line text field. */
export const text = typed(anyText);

/** A multi-line text field. */
export const longText = typed(anyLongText);

/** The id of a record. A value that does not have the format of an id is an error. */
export const id = typed(anyId);

/** A country: read from its name or code, passed on as its ISO 3166 alpha-2 code. */
export const country = typed(
  anyText.meta({ editor: { type: 'string', dropdown: 'countries' }, format: 'country' }),
);

/** A time zone, by its present IANA name. */
export const timeZone = typed(
  anyText.meta({ editor: { type: 'string', dropdown: 'timezones' }, format: 'time zone' }),
);

/** A day of the calendar, as YYYY-MM-DD. */
export const day = typed(anyText.meta({ format: 'day' }));

/** A date and time, as ISO 8601 text with an offset. */
export const dateTime = typed(anyDate);

/** How a date and time may be written, for help texts. */
export const DATE_AND_TIME =
  "Date and time, such as `2026-01-31 15:00`. The Zap's time zone is used unless you include one.";

/** How a phone number may be written, for help texts. */
export const PHONE_FORMAT =
  "Include the country code, such as `+14155550132`, or use your sub-account's local format.";

/** A yes/no field. */
export const flag = typed(new Field(() => z.boolean(), { editor: { type: 'boolean' } }));

/** A whole number. */
export const integer = typed(new Field(() => z.int(), { editor: { type: 'integer' } }));

/** A number, with or without decimals. */
export const number = typed(new Field(() => z.number(), { editor: { type: 'number' } }));

/** A field with fixed choices, which map each value to its label. */
export const choice = <const V extends string>(
  title: string,
  choices: Record<V, string>,
  example: NoInfer<V>,
) => new Field(() => z.enum(keys(choices)), { title, example, editor: { type: 'string', choices } });

/** A list of texts. */
export const textList = typed(anyList);

/** A value passed on as HighLevel sends it. */
export const raw = (title: string, example: unknown = null) =>
  new Field(() => z.unknown(), { title, example });

/** A text in the Zap editor without an input, such as a warning. */
export const notice = (help: string) =>
  optional(new Field(() => z.undefined(), { title: 'Warning', editor: { type: 'copy' } }), help);

/** A record in a field of another record. */
export const nested = <F extends Fields>(title: string, record: F) =>
  new Field(() => z.object(record), { title, record });

/** A list of records, which later steps get as line items. */
export const listOf = <F extends Fields>(title: string, item: F) =>
  new Field(() => z.array(z.object(item)), { title, item });

/** The values of a record's custom fields, by name. */
export const customByName = (model: CustomModel) =>
  new Field(() => z.record(z.string(), z.unknown()), {
    title: 'Custom Fields',
    example: {},
    customFieldsOf: model,
  });

/**
 * Tags as HighLevel stores them: trimmed, lowercase, unique. One text may contain several tags, separated by commas; a tag
 * that contains a comma is one item in double quotes, which steps add to tags of the sub-account.
 */
export const tagsField = new Field(() => anyList.schema.transform(cleanTags), {
  title: 'Tags',
  example: ['jivochat', 'pricing'],
  editor: { type: 'string', list: true, dropdown: 'tags' },
});

/** The id of a contact, chosen from the sub-account's contacts. */
export const contactIdField = id('Contact', 'ocQHyuzHvysMo5N5VsXc').meta({
  editor: { type: 'string', dropdown: 'contacts', search: 'find_contact.id' },
  description: 'Choose a contact, or map the Contact ID of an earlier step such as Find Contact.',
});

/** The contact of a task or note that the step names. */
export const parentContactIdField = contactIdField.describe(
  'Choose a contact, or map the Contact ID of an earlier step such as Find Contact. If an earlier step found the task or note, map the Contact ID of that same step.',
);

/** Tags to add. */
export const tagsToWrite = tagsField.describe(
  'Choose or type tags. Not case-sensitive; HighLevel saves them in lowercase. New tags are created.',
);

/** Tags to remove. */
export const tagsToRemove = tagsField.describe('Choose or type tags. Not case-sensitive.');

/** The link that opens the record's contact in HighLevel. */
export const contactLink = text(
  'Link in HighLevel',
  'https://app.gohighlevel.com/v2/location/ve9EPM428h8vShlRW1KT/contacts/detail/ocQHyuzHvysMo5N5VsXc',
);

/** The id of a task of the contact chosen in the step. */
export const taskIdField = id('Task', 'fa0ldVuKMz4BySvUBSJx').meta({
  editor: { type: 'string', dropdown: 'tasks', dependsOn: ['contactId'], search: 'find_task.id' },
  description: 'Choose a task of the contact above, or map a Task ID.',
});

/** The id of a note of the contact chosen in the step. */
export const noteIdField = id('Note', 'zZ8oz9TCLMZcMgBzpv4e').meta({
  editor: { type: 'string', dropdown: 'notes', dependsOn: ['contactId'], search: 'find_note.id' },
  description: 'Choose a note of the contact above, or map a Note ID.',
});

/** When the event of a workflow starts. */
export const eventStartTimeField = optional(
  dateTime('Event Start Time', '2026-01-30T15:00:00Z'),
  `Only for workflows that wait for an event date. ${DATE_AND_TIME}`,
);

/** The id of an appointment: the dropdown lists those of the coming weeks, a search step finds the others. */
export const appointmentIdField = id('Appointment', '0TkCdp9PfvLeWKYRRvIz').meta({
  editor: { type: 'string', dropdown: 'appointments', search: 'find_appointments.id' },
  description: 'Choose an upcoming appointment, or map an Appointment ID.',
});

/** A list of unique ids. Zapier offers no search step for a list field. */
export const idList = (title: string, dropdown: DropdownName) =>
  new Field(() => z.array(anyId.schema).transform((ids) => [...new Set(ids)]), {
    title,
    example: [],
    editor: { type: 'string', list: true, dropdown },
    format: 'id',
  });

/** Contacts of a bulk action. */
export const contactIdsField = idList('Contacts', 'contacts').describe(
  'Map Contact ID from a search that returns all results as line items, or add one contact per row.',
);

/** The id of a campaign, chosen from the sub-account's campaigns. */
export const campaignIdField = id('Campaign', 'mIVALPYuTD7YjUHnFEx4').meta({
  editor: { type: 'string', dropdown: 'campaigns' },
  description: "Choose a campaign, or map a campaign's ID.",
});

/** The id of a workflow, chosen from the sub-account's workflows. */
export const workflowIdField = id('Workflow', '3b1a4e0c-52f7-4a0f-9d52-2f9f1f0e6a11').meta({
  editor: { type: 'string', dropdown: 'workflows' },
  description: "Choose a workflow, or map a workflow's ID.",
});

/** The id of a company (HighLevel's API: business), chosen from the sub-account's companies. */
export const businessIdField = id('Company', '63771dcac1116f0e21de8e12').meta({
  editor: { type: 'string', dropdown: 'businesses', search: 'find_business.id' },
  description: "Choose a company, or map a company's ID.",
});

/** The id of a pipeline, chosen from the sub-account's pipelines. */
export const pipelineIdField = id('Pipeline', 'VDm7RPYC2GLUvdpKmBfC').meta({
  editor: { type: 'string', dropdown: 'pipelines' },
  description: "Choose a pipeline, or map a pipeline's ID.",
});

/** The id of a stage of the pipeline chosen in the step. */
export const pipelineStageIdField = id('Stage', 'e93ba61a-53b3-45e7-985a-c7732dbcdb69').meta({
  editor: { type: 'string', dropdown: 'pipelineStages', dependsOn: ['pipelineId'] },
  description: "Choose a stage of the pipeline above, or map a stage's ID.",
});

/** The id of the reason why an opportunity was lost. */
export const lostReasonIdField = id('Lost Reason', 've9EPM428h8vShlRW1KT').meta({
  editor: { type: 'string', dropdown: 'lostReasons' },
  description: "Only for the status Lost. Choose a reason, or map a reason's ID.",
});

/** The id of an opportunity: the dropdown lists open ones, a search step finds the others. */
export const opportunityIdField = id('Opportunity', 'yWQobCRIhRguQtD2llvk').meta({
  editor: { type: 'string', dropdown: 'opportunities', search: 'find_opportunity.id' },
  description: 'Choose an open opportunity, or map the Opportunity ID of an earlier step.',
});

/** The id of a form, chosen from the sub-account's forms. */
export const formIdField = id('Form', 'YSWdvS4Is98wtIDGnpmI').meta({
  editor: { type: 'string', dropdown: 'forms' },
});

/** The id of a survey, chosen from the sub-account's surveys. */
export const surveyIdField = id('Survey', 'I5GFa3d3cKjojpe4VVUx').meta({
  editor: { type: 'string', dropdown: 'surveys' },
});

/** The id of a user, chosen from the sub-account's users. */
export const userId = (title: string) =>
  id(title, '0IHuJvc2ofPAAA8GzTRi').meta({
    editor: { type: 'string', dropdown: 'users', search: 'find_user.id' },
    description: "Choose a user, or map a user's ID or email.",
  });

/** A tag that may contain commas, as one item of a tags field. */
export const quotedTag = (tag: string) => `"${tag.trim()}"`;

function cleanTags(tags: readonly string[]): string[] {
  const clean = tags.flatMap(tagsIn).map((tag) => tag.trim().toLowerCase());
  return [...new Set(clean)].filter((tag) => tag !== '');
}

/** The tags of one item: a quoted item is one tag, other text is split at commas. */
function tagsIn(item: string): string[] {
  const whole = /^\s*"([^"]*,[^"]*)"\s*$/.exec(item)?.[1];
  return whole === undefined ? item.split(',') : [whole];
}

function keys<V extends string>(choices: Record<V, string>): V[] {
  return Object.keys(choices).filter((key): key is V => Object.hasOwn(choices, key));
}
