import type { Authentication, Bundle, ZObject } from 'zapier-platform-core';
import { testConnection } from './lib/zapier/connection_test.ts';
import { asksForToken } from './lib/base/edition.ts';
import { authorizeUrl, refresh, signIn } from './lib/zapier/oauth.ts';
import { accessLevels, optionalParts } from './lib/highlevel/scopes.ts';

/** The settings shared by both editions. */
const common = {
  test: testConnection,
  // The name that testConnection returns.
  connectionLabel: '{{name}}',
};

/**
 * The channel that Send Update to JivoChat sends to. Its URL is a secret, so it is part of the connection; Zapier censors a
 * URL in its logs only if the field's key contains "secret".
 */
const jivoChatChannel = {
  key: 'jivoChatChannelSecret',
  label: 'JivoChat Channel URL',
  type: 'password' as const,
  required: false,
  helpText:
    "Only needed for Send Update to JivoChat. In JivoChat, open Manage > Channels > [Chat API](https://www.jivochat.com/docs/) and copy the channel's URL.",
};

/** OAuth: the user chooses an access level, signs in at HighLevel and picks a sub-account. */
const oauth: Authentication = {
  ...common,
  type: 'oauth2',
  fields: [
    {
      key: 'access',
      label: 'Access',
      type: 'string',
      required: false,
      default: 'full',
      choices: Object.fromEntries(Object.entries(accessLevels).map(([value, { label }]) => [value, label])),
      helpText: 'Choose what this connection may do. Read Only is enough for triggers and searches.',
    },
    ...Object.entries(optionalParts).map(([key, { label, helpText }]) => ({
      key,
      label,
      type: 'boolean' as const,
      required: false,
      default: 'false',
      helpText,
    })),
    {
      key: 'signInDomain',
      label: 'Sign-In Domain',
      type: 'string',
      required: false,
      default: 'highlevel',
      choices: { highlevel: 'HighLevel', leadconnector: 'LeadConnector (white label)' },
      helpText: 'Choose LeadConnector if your agency uses HighLevel under its own brand.',
    },
    jivoChatChannel,
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

/** The user pastes a Private Integration Token of one sub-account, which needs no marketplace app. */
const token: Authentication = {
  ...common,
  type: 'custom',
  fields: [
    {
      // The same key as in OAuth, so that both editions share the Authorization header.
      key: 'access_token',
      label: 'Private Integration Token',
      type: 'password',
      required: true,
      helpText:
        'In HighLevel, open Settings > [Private Integrations](https://marketplace.gohighlevel.com/docs/Authorization/PrivateIntegrationsToken) and create one with the permissions you need.',
    },
    {
      key: 'locationId',
      label: 'Location ID',
      type: 'string',
      required: true,
      helpText:
        'Enter the ID of the sub-account. In [HighLevel](https://app.gohighlevel.com), open Settings > Business Profile and copy the Location ID.',
    },
    jivoChatChannel,
  ],
};

export const authentication = asksForToken() ? token : oauth;
