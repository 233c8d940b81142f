import type { Authentication, Bundle, ZObject } from 'zapier-platform-core';
import { testConnection } from './lib/connection.ts';
import { authorizeUrl, refresh, signIn } from './lib/oauth.ts';
import { accessLevels } from './lib/scopes.ts';

/** How people connect: they sign in at HighLevel, pick a sub-account, and choose before how much this app may do. */
export const authentication: Authentication = {
  type: 'oauth2',
  test: testConnection,
  // What testConnection calls the sub-account.
  connectionLabel: '{{name}}',
  fields: [
    {
      key: 'access',
      label: 'Access',
      type: 'string',
      required: false,
      default: 'full',
      choices: Object.fromEntries(Object.entries(accessLevels).map(([value, { label }]) => [value, label])),
      helpText: 'How much this connection may do. Choose Read Only if your Zaps only read from HighLevel.',
    },
    {
      key: 'signInDomain',
      label: 'Sign-In Domain',
      type: 'string',
      required: false,
      default: 'highlevel',
      choices: { highlevel: 'HighLevel', leadconnector: 'LeadConnector (white label)' },
      helpText: 'Choose LeadConnector if your agency uses HighLevel under its own name.',
    },
    ...['locationId', 'companyId', 'userId', 'userType', 'scope'].map((key) => ({
      key,
      type: 'string' as const,
      required: false,
      computed: true,
    })),
  ],
  oauth2Config: {
    authorizeUrl: async (_zapier: ZObject, bundle: Bundle) => authorizeUrl(bundle),
    getAccessToken: signIn,
    refreshAccessToken: refresh,
    autoRefresh: true,
  },
};
