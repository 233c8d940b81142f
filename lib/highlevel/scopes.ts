/** The permissions this app asks HighLevel for, each with its reason. Names: HighLevel's OAuth scopes. */
export const scopes = {
  'contacts.readonly': 'find contacts, read their tasks, notes and appointments, and trigger on them',
  'contacts.write': 'create and update contacts, tags, tasks and notes',
  'locations.readonly': "test the connection, show the sub-account's name, read its country and time zone",
  'locations/tags.readonly': 'list tags in dropdowns',
  'locations/tasks.readonly': 'trigger on tasks of the whole sub-account',
  'locations/customFields.readonly': 'show custom fields by their names',
  'users.readonly': 'find users and list them in dropdowns',
  'businesses.readonly': 'find businesses and list them in dropdowns',
  'campaigns.readonly': 'list campaigns in dropdowns',
  'workflows.readonly': 'list workflows in dropdowns',
  'calendars.readonly': 'list calendars in dropdowns and find free slots',
  'calendars/events.readonly': 'trigger on appointments',
  'calendars/events.write': 'book, change and cancel appointments',
} as const;

/** The name of a HighLevel permission. */
export type Scope = keyof typeof scopes;

const all = Object.keys(scopes).filter(isScope);

/** What a user can choose to allow before signing in, from everything to contacts alone. */
export const accessLevels = {
  full: { label: 'Read and Write', scopes: all },
  read: { label: 'Read Only', scopes: all.filter((scope) => scope.endsWith('.readonly')) },
  // locations.readonly serves the connection test, which also gives the connection its name.
  contacts: {
    label: 'Contacts Only, Read Only',
    scopes: ['contacts.readonly', 'locations.readonly'] satisfies Scope[],
  },
} as const;

function isScope(name: string): name is Scope {
  return Object.hasOwn(scopes, name);
}

/** The chosen access level; absent (the command line asks for none) means full. */
export function accessLevel(chosen: unknown): keyof typeof accessLevels {
  return chosen === 'read' || chosen === 'contacts' ? chosen : 'full';
}

/** The least access that covers a permission, as the person who connects reads it. */
export function leastAccess(scope: Scope): string {
  const { contacts, read, full } = accessLevels;
  const least = [contacts, read].find((level) => level.scopes.some((covered) => covered === scope));
  return (least ?? full).label;
}

/** Whether HighLevel named `scope` among the permissions it granted. A Private Integration Token tells nothing. */
export function isGranted({ scope: granted = '' }: { scope?: string }, scope: Scope): boolean {
  return granted.split(/[\s,]+/).includes(scope);
}

/**
 * Whether a connection may do what needs `scope`: HighLevel granted it, and the chosen access covers it, even if HighLevel
 * granted more than was asked for. `granted` is the space-separated list HighLevel returned with the token; unknown (a
 * Private Integration Token tells nothing) counts as granted, and HighLevel decides.
 */
export function allows(
  { scope: granted, access }: { scope?: string; access?: string },
  scope: Scope,
): boolean {
  const chosen: readonly Scope[] = accessLevels[accessLevel(access)].scopes;
  return chosen.includes(scope) && (!granted || isGranted({ scope: granted }, scope));
}
