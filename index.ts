import zapier, { defineApp } from 'zapier-platform-core';
import { authentication } from './authentication.ts';
import * as creates from './creates/index.ts';
import packageJson from './package.json' with { type: 'json' };
import * as searches from './searches/index.ts';
import * as triggers from './triggers/index.ts';

export default defineApp({
  version: packageJson.version,
  platformVersion: zapier.version,
  authentication,
  triggers: { ...triggers },
  creates: { ...creates },
  searches: { ...searches },
  searchOrCreates: {
    find_contact: {
      key: 'find_contact',
      display: {
        label: 'Find or Create Contact',
        description: 'Finds a contact, or creates it if it is not there.',
      },
      search: 'find_contact',
      create: 'create_contact',
    },
  },
  // For Zapier's own raw requests with a connection of this app. Ours set their headers themselves (lib/highlevel/transport.ts).
  requestTemplate: {
    headers: { Authorization: 'Bearer {{bundle.authData.access_token}}', Version: '2021-07-28' },
  },
  flags: {
    // Blank inputs are dropped where they are read (lib/schema/parse_input.ts), field by field.
    cleanInputData: false,
    // All our requests are z.request, which logs itself; core's patch of http would stay on for a whole test run.
    skipHttpPatch: true,
  },
});
