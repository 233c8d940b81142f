/** Every permission the sandbox knows. Source: HighLevel's list of scopes. */
export const scopes = [
  'contacts.readonly',
  'contacts.write',
  'locations.readonly',
  'locations/tags.readonly',
  'locations/tags.write',
  'locations/tasks.readonly',
  'locations/customFields.readonly',
  'users.readonly',
  'businesses.readonly',
  'campaigns.readonly',
  'workflows.readonly',
  'calendars.readonly',
  'calendars/events.readonly',
  'calendars/events.write',
];
