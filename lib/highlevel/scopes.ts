/** The OAuth scopes that this app requests from HighLevel, each with the reason that errors and docs give. */
export const scopes = {
  'contacts.readonly': 'find contacts, read their tasks, notes and appointments, and trigger on them',
  'contacts.write': 'create and update contacts, tags, tasks and notes',
  'locations.readonly': "test the connection, show the sub-account's name, read its country and time zone",
  'locations/tags.readonly': 'list tags in dropdowns',
  'locations/tasks.readonly': 'trigger on tasks of the whole sub-account',
  'locations/customFields.readonly': 'show custom fields by their names',
  'users.readonly': 'find users and list them in dropdowns',
  'businesses.readonly': 'find companies and list them in dropdowns',
  'businesses.write': 'create and update companies',
  'campaigns.readonly': 'list campaigns in dropdowns',
  'workflows.readonly': 'list workflows in dropdowns',
  'calendars.readonly': 'list calendars in dropdowns and find available times',
  'calendars/events.readonly': 'trigger on appointments',
  'calendars/events.write': 'book, update and cancel appointments',
  'opportunities.readonly': 'find opportunities, trigger on them, and list pipelines and stages in dropdowns',
  'opportunities.write': 'create, update and delete opportunities',
  'conversations.readonly': 'find conversations',
  'conversations/message.readonly': 'find messages and trigger on them',
  'conversations/message.write': 'send messages and emails',
  'forms.readonly': 'list forms in dropdowns and trigger on their submissions',
  'surveys.readonly': 'list surveys in dropdowns and trigger on their submissions',
  'phonenumbers.read': 'list phone numbers in dropdowns',
} as const;

/** The name of one of HighLevel's OAuth scopes. */
export type Scope = keyof typeof scopes;

/**
 * Parts of HighLevel that a connection uses only if the user chose so before signing in: a yes/no field each. A scope that
 * the marketplace app lacks breaks every sign-in that requests it, so nobody gets these without asking.
 */
export const optionalParts = {
  allowOpportunities: {
    label: 'Allow Opportunities',
    helpText: 'Choose **Yes** to use opportunities and pipelines in Zaps.',
    scopes: ['opportunities.readonly', 'opportunities.write'],
  },
  allowConversations: {
    label: 'Allow Conversations',
    helpText: 'Choose **Yes** to use messages and emails in Zaps.',
    scopes: ['conversations.readonly', 'conversations/message.readonly', 'conversations/message.write'],
  },
  allowForms: {
    label: 'Allow Forms and Surveys',
    helpText: 'Choose **Yes** to use submissions of forms and surveys in Zaps.',
    scopes: ['forms.readonly', 'surveys.readonly'],
  },
  allowCompanies: {
    label: 'Allow Company Changes',
    helpText: 'Choose **Yes** to create and update companies in Zaps.',
    scopes: ['businesses.write'],
  },
} as const satisfies Record<string, { label: string; helpText: string; scopes: readonly Scope[] }>;

type PartField = keyof typeof optionalParts;

/** The keys of the connection's yes/no fields, in their order. */
export const partFields = Object.keys(optionalParts).filter((key) => isPartField(key));

function isPartField(key: string): key is PartField {
  return Object.hasOwn(optionalParts, key);
}

/** The connection's yes/no field that a scope needs; none for a scope that every connection requests. */
export function partOf(scope: Scope): PartField | undefined {
  return partFields.find((field) => optionalParts[field].scopes.some((one) => one === scope));
}

const all = Object.keys(scopes).filter(isScope);
/**
 * Used where a connection has it, but never requested: steps can do without it, and the marketplace app may lack it. A
 * Private Integration Token can have it.
 */
const unrequested: readonly Scope[] = ['phonenumbers.read'];
const basic = all.filter((scope) => !partOf(scope) && !unrequested.includes(scope));
const isRead = (scope: Scope) => scope.endsWith('.readonly');

/** The access levels that a user can choose from before signing in, with what each requests in any case. */
export const accessLevels = {
  full: { label: 'Read and Write', scopes: basic },
  read: { label: 'Read Only', scopes: basic.filter(isRead) },
  // The connection test needs locations.readonly to name the connection.
  contacts: {
    label: 'Read Contacts Only',
    scopes: ['contacts.readonly', 'locations.readonly'] satisfies Scope[],
  },
} as const;

function isScope(name: string): name is Scope {
  return Object.hasOwn(scopes, name);
}

/** The access level of a connection; full where none was chosen (the command line does not ask for it). */
export function accessLevel(chosen: unknown): keyof typeof accessLevels {
  return chosen === 'read' || chosen === 'contacts' ? chosen : 'full';
}

/** The fields of a connection that decide what it may use. A yes/no field can arrive as a boolean or as text. */
export type Chosen = { access?: unknown } & { [F in PartField]?: unknown };

/** The scopes to request at sign-in: those of the access level, and those of each part that the user chose. */
export function requestedScopes(chosen: Chosen): Scope[] {
  const level = accessLevel(chosen.access);
  const parts = partFields.filter((field) => isYes(chosen[field]));
  return [...accessLevels[level].scopes, ...parts.flatMap((field) => scopesOfPart(field, level))];
}

// Who reads only, reads the chosen parts too.
function scopesOfPart(field: PartField, level: keyof typeof accessLevels): Scope[] {
  return optionalParts[field].scopes.filter((scope) => level === 'full' || isRead(scope));
}

const YES: ReadonlySet<string> = new Set(['true', 'yes', '1']);

function isYes(value: unknown): boolean {
  return value === true || (typeof value === 'string' && YES.has(value.trim().toLowerCase()));
}

/** What the user should choose to get a scope, in words that follow "reconnect the account with". */
export function choiceFor(scope: Scope): string {
  const { contacts, read, full } = accessLevels;
  const part = partOf(scope);
  if (part) {
    const yes = `"${optionalParts[part].label}" set to Yes`;
    return isRead(scope) ? yes : `${yes} and the access "${full.label}"`;
  }
  const least = [contacts, read].find((level) => level.scopes.some((covered) => covered === scope));
  return `at least the access "${(least ?? full).label}"`;
}

/** Whether HighLevel named `scope` among the permissions it granted. Unknown for a Private Integration Token: false. */
export function isGranted({ scope: granted = '' }: { scope?: string }, scope: Scope): boolean {
  return granted.split(/[\s,]+/).includes(scope);
}

/**
 * Whether a connection may use `scope`: the user's choices include it (HighLevel may grant more than was requested), and
 * HighLevel granted it. `scope` of the connection is the space-separated list that HighLevel returned with the token; when it
 * is unknown, as for a Private Integration Token, every scope that the choices don't exclude counts as granted and HighLevel
 * decides.
 */
export function allows({ scope: granted, ...chosen }: { scope?: string } & Chosen, scope: Scope): boolean {
  if (unrequested.includes(scope))
    return granted ? isGranted({ scope: granted }, scope) : accessLevel(chosen.access) !== 'contacts';
  const part = partOf(scope);
  const isChosen =
    part && !granted && (chosen[part] ?? '') === ''
      ? scopesOfPart(part, accessLevel(chosen.access)).includes(scope)
      : requestedScopes(chosen).includes(scope);
  return isChosen && (!granted || isGranted({ scope: granted }, scope));
}
