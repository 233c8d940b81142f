import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** The integration that the mock knows. */
const integration = {
  id: 123,
  title: 'Trial',
  description: 'Trial is a thing that is described in a sentence.',
  app_category: 'crm',
  intention: 'private',
  role: 'employee',
  status: 'private',
};
const passed = { errors: { total_failures: 0, results: [] }, warnings: { total_failures: 0, results: [] } };

/** A mock of the API that zapier-platform uses at Zapier, on a loopback port. */
export interface Platform {
  address: string;
  /** The bodies of the requests that came, by method and path. */
  sent: ReadonlyMap<string, unknown>;
  /** The content of a .zapierapprc for its integration. */
  linked: string;
  close: () => Promise<void>;
}

/** Starts the mock, which has one integration, finds every definition valid, and accepts every request. */
export async function startPlatform(): Promise<Platform> {
  const sent = new Map<string, unknown>();
  // Before it uploads, zapier-platform asks Zapier whether the integration exists and its definition is valid.
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    sent.set(`${request.method} ${request.url}`, body === '' ? undefined : JSON.parse(body));
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(request.url?.endsWith('/check') ? passed : integration));
  };
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  return {
    address: `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`,
    sent,
    linked: JSON.stringify({ id: integration.id, key: 'App123' }),
    async close() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

/** The environment in which zapier-platform talks to the mock, for the integration in a file. */
export function pushingTo({ address }: Platform, linkedFile: string): Record<string, string> {
  return {
    ZAPIER_BASE_ENDPOINT: address,
    ZAPIER_CURRENT_APP_FILE: linkedFile,
    ZAPIER_DEPLOY_KEY: 'none',
    DISABLE_ZAPIER_ANALYTICS: '1',
    NO_UPDATE_NOTIFIER: '1',
  };
}
