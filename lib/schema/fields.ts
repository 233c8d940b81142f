import * as z from 'zod';

/** The lists that a field can offer; lib/zapier/dropdowns.ts fills them. */
export type DropdownName =
  | 'contacts'
  | 'users'
  | 'assignees'
  | 'tags'
  | 'businesses'
  | 'customFields'
  | 'campaigns'
  | 'workflows'
  | 'calendars'
  | 'tasks'
  | 'notes'
  | 'appointments'
  | 'clearable'
  | 'countries'
  | 'timezones';

/** How a field looks in the Zap editor. Labels, help and examples are the schema's own title, description and example. */
export interface EditorField {
  type: 'string' | 'text' | 'integer' | 'number' | 'boolean' | 'datetime' | 'copy';
  list?: true;
  /** Fixed choices, value to label. */
  choices?: Record<string, string>;
  /** The dropdown that lists what can be chosen, so that nobody types an id. */
  dropdown?: DropdownName;
  /** Offers "add a search step" beside the dropdown: `search key.output key`. */
  search?: string;
  /** The fields that must be filled before this one can be. */
  dependsOn?: string[];
  placeholder?: string;
}

declare module 'zod' {
  interface GlobalMeta {
    /** How the Zap editor shows the field. */
    editor?: EditorField;
    /** The record that holds this field is a contact: its custom fields are shown by their names. */
    isCustomFieldValues?: true;
    /** A realistic value, for samples. */
    example?: unknown;
  }
}

/**
 * What HighLevel calls an id: letters, digits, `-` and `_`. Anything else could lead a request astray. Its longest ids, of
 * repeated appointments, have about 50 characters.
 */
export const ID = /^[A-Za-z0-9_-]{1,128}$/;

/** The input key of one of the sub-account's custom fields begins so; the field's id follows. */
export const CUSTOM_FIELD = 'customField_';

// Numbers and booleans mapped into a text field, and ids that an API sends as numbers, are text to us.
const asText = (value: unknown) =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;

// Dates come as ISO text or as epoch milliseconds, depending on the endpoint.
const asDate = (value: unknown) =>
  typeof value === 'number' && Math.abs(value) < 8.64e15 ? new Date(value).toISOString() : value;

// Every field of a kind shares one schema below its label: hundreds of them are made whenever Zapier starts the app.
const anyText = z.preprocess(asText, z.string());
const anyId = z.preprocess(
  asText,
  z.string().regex(ID, 'is not a HighLevel ID (only letters, digits, - and _)'),
);
const anyDate = z.preprocess(asDate, z.string());
const anyFlag = z.boolean();

/** One line of text. */
export const text = (title: string, example: string) =>
  anyText.meta({ title, example, editor: { type: 'string' } });

/** Text of several lines. */
export const longText = (title: string, example: string) =>
  anyText.meta({ title, example, editor: { type: 'text' } });

/** The id of a record, refused when it could not be one. */
export const id = (title: string, example: string) =>
  anyId.meta({ title, example, editor: { type: 'string' } });

/** A moment, as ISO 8601 text with its zone. */
export const dateTime = (title: string, example: string) =>
  anyDate.meta({ title, example, editor: { type: 'datetime' } });

/** A yes-or-no. */
export const flag = (title: string, example: boolean) =>
  anyFlag.meta({ title, example, editor: { type: 'boolean' } });

/** A whole number. */
export const integer = (title: string, example: number) =>
  z.int().meta({ title, example, editor: { type: 'integer' } });

/** A number, with or without decimals. */
export const number = (title: string, example: number) =>
  z.number().meta({ title, example, editor: { type: 'number' } });

/** One of a few: value to label. */
export const choice = <const V extends string>(
  title: string,
  choices: Record<V, string>,
  example: NoInfer<V>,
) => z.enum(keys(choices)).meta({ title, example, editor: { type: 'string', choices } });

/** Several texts. */
export const textList = (title: string, example: string[]) =>
  z.array(anyText).meta({ title, example, editor: { type: 'string', list: true } });

/** A structure passed on as HighLevel sends it. */
export const raw = (title: string, example: unknown = null) => z.unknown().meta({ title, example });

/** A text in the editor that asks for nothing, such as a warning. */
export const notice = (help: string) =>
  z
    .undefined()
    .optional()
    .meta({ title: 'Please Note', description: help, editor: { type: 'copy' } });

/** Tags as HighLevel keeps them: trimmed, lower-case, each once. One text may hold several, parted by commas. */
export const tagsField = z
  .array(anyText)
  .transform(cleanTags)
  .meta({
    title: 'Tags',
    example: ['jivochat', 'pricing'],
    editor: { type: 'string', list: true, dropdown: 'tags' },
  });

/** A contact, chosen from the sub-account's contacts. */
export const contactIdField = id('Contact', 'ocQHyuzHvysMo5N5VsXc').meta({
  title: 'Contact',
  editor: { type: 'string', dropdown: 'contacts', search: 'find_contact.id' },
});

/** The link that opens the record's contact in HighLevel. */
export const contactLink = text(
  'Link in HighLevel',
  'https://app.gohighlevel.com/v2/location/ve9EPM428h8vShlRW1KT/contacts/detail/ocQHyuzHvysMo5N5VsXc',
);

/** A task of the step's chosen contact. */
export const taskIdField = id('Task', 'fa0ldVuKMz4BySvUBSJx').meta({
  title: 'Task',
  editor: { type: 'string', dropdown: 'tasks', dependsOn: ['contactId'], search: 'find_task.id' },
});

/** A note of the step's chosen contact. */
export const noteIdField = id('Note', 'zZ8oz9TCLMZcMgBzpv4e').meta({
  title: 'Note',
  editor: { type: 'string', dropdown: 'notes', dependsOn: ['contactId'], search: 'find_note.id' },
});

/** An appointment of the coming weeks, or one that a search step found. */
export const appointmentIdField = id('Appointment', '0TkCdp9PfvLeWKYRRvIz').meta({
  title: 'Appointment',
  editor: { type: 'string', dropdown: 'appointments', search: 'find_appointments.id' },
});

/** Several ids, each refused when it could not be one. Zapier offers no search step for a list. */
export const idList = (title: string, dropdown: DropdownName) =>
  z
    .array(anyId)
    .transform((ids) => [...new Set(ids)])
    .meta({ title, example: [], editor: { type: 'string', list: true, dropdown } });

/** A campaign, chosen from the sub-account's campaigns. */
export const campaignIdField = id('Campaign', 'mIVALPYuTD7YjUHnFEx4').meta({
  editor: { type: 'string', dropdown: 'campaigns' },
});

/** A workflow, chosen from the sub-account's workflows. */
export const workflowIdField = id('Workflow', '3b1a4e0c-52f7-4a0f-9d52-2f9f1f0e6a11').meta({
  editor: { type: 'string', dropdown: 'workflows' },
});

/** A business, chosen from the sub-account's businesses. */
export const businessIdField = id('Business', '63771dcac1116f0e21de8e12').meta({
  title: 'Business',
  editor: { type: 'string', dropdown: 'businesses' },
});

/** A user of the sub-account, chosen from its users. */
export const userId = (title: string) =>
  id(title, '0IHuJvc2ofPAAA8GzTRi').meta({ title, editor: { type: 'string', dropdown: 'users' } });

/**
 * A record's field that an endpoint may leave out: null then. Null too when it is not of its type, because a stray
 * field that nobody mapped must not stop a Zap.
 */
export const maybe = <T extends z.ZodType>(schema: T) => schema.nullable().catch(null);

/** Trims, lower-cases, splits at commas, drops blanks and repeats: HighLevel keeps tags in lower case. */
function cleanTags(given: readonly string[]): string[] {
  const clean = given.flatMap((tag) => tag.split(',')).map((tag) => tag.trim().toLowerCase());
  return [...new Set(clean)].filter((tag) => tag !== '');
}

function keys<V extends string>(choices: Record<V, string>): V[] {
  return Object.keys(choices).filter((key): key is V => Object.hasOwn(choices, key));
}
