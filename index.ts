import zapier, { defineApp } from 'zapier-platform-core';
import { authentication } from './authentication.ts';
import * as allCreates from './creates/index.ts';
import { relayUrl } from './lib/base/edition.ts';
import packageJson from './package.json' with { type: 'json' };
import * as searches from './searches/index.ts';
import * as triggers from './triggers/index.ts';

// The card is kept by the relay.
const { set_jivochat_card: _card, ...others } = allCreates;
const creates = relayUrl() === undefined ? others : allCreates;

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
        description: 'Finds a contact, or creates one if none is found.',
      },
      search: 'find_contact',
      create: 'create_contact',
    },
    find_task: {
      key: 'find_task',
      display: {
        label: 'Find or Create Task',
        description: 'Finds a task, or creates one if none is found.',
      },
      search: 'find_task',
      create: 'create_task',
    },
    find_note: {
      key: 'find_note',
      display: {
        label: 'Find or Create Note',
        description: 'Finds a note on a contact, or adds one if none is found.',
      },
      search: 'find_note',
      create: 'create_note',
    },
    find_opportunity: {
      key: 'find_opportunity',
      display: {
        label: 'Find or Create Opportunity',
        description: 'Finds an opportunity, or creates one if none is found.',
      },
      search: 'find_opportunity',
      create: 'create_opportunity',
    },
    find_business: {
      key: 'find_business',
      display: {
        label: 'Find or Create Company',
        description: 'Finds a company, or creates one if none is found.',
      },
      search: 'find_business',
      create: 'create_business',
    },
  },
  // For Zapier's raw API requests with a connection of this app; our own set their headers in lib/highlevel/transport.ts.
  requestTemplate: {
    headers: { Authorization: 'Bearer {{bundle.authData.access_token}}', Version: '2021-07-28' },
  },
  flags: {
    // lib/schema/parse_input.ts drops blank inputs.
    cleanInputData: false,
    // All our requests use z.request, which has its own logging. Core's http patch would last for a whole test run.
    skipHttpPatch: true,
  },
});
