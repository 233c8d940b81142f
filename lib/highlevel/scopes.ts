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
  'campaigns.readonly': 'list campaigns in dropdowns',
  'workflows.readonly': 'list workflows in dropdowns',
  'calendars.readonly': 'list calendars in dropdowns and find available times',
  'calendars/events.readonly': 'trigger on appointments',
  'calendars/events.write': 'book, update and cancel appointments',
} as const;

/** The name of one of HighLevel's OAuth scopes. */
export type Scope = keyof typeof scopes;

const all = Object.keys(scopes).filter(isScope);

/** The access levels that a user can choose from before signing in. */
export const accessLevels = {
  full: { label: 'Read and Write', scopes: all },
  read: { label: 'Read Only', scopes: all.filter((scope) => scope.endsWith('.readonly')) },
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

/** The label of the lowest access level that includes a scope. */
export function leastAccess(scope: Scope): string {
  const { contacts, read, full } = accessLevels;
  const least = [contacts, read].find((level) => level.scopes.some((covered) => covered === scope));
  return (least ?? full).label;
}

/** Whether HighLevel named `scope` among the permissions it granted. Unknown for a Private Integration Token: false. */
export function isGranted({ scope: granted = '' }: { scope?: string }, scope: Scope): boolean {
  return granted.split(/[\s,]+/).includes(scope);
}

/**
 * Whether a connection may use `scope`: the chosen access level includes it (HighLevel may grant more than was requested),
 * and HighLevel granted it. `granted` is the space-separated list that HighLevel returned with the token; when it is
 * unknown, as for a Private Integration Token, every scope counts as granted and HighLevel decides.
 */
export function allows(
  { scope: granted, access }: { scope?: string; access?: string },
  scope: Scope,
): boolean {
  const chosen: readonly Scope[] = accessLevels[accessLevel(access)].scopes;
  return chosen.includes(scope) && (!granted || isGranted({ scope: granted }, scope));
}
