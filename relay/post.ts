import http from 'node:http';
import https from 'node:https';

/** What came back. Status 0 means that there was no complete answer, and `failure` says why. */
export interface Answer {
  status: number;
  failure: string;
  retryAfterSeconds: number | undefined;
}

const agents = {
  'http:': new http.Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 64 }),
  'https:': new https.Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 64 }),
};
/** No more of an answer is read: only its status counts. */
const MAX_ANSWER_BYTES = 64_000;

/** Posts a body. Never rejects. Redirects are not followed: an event goes nowhere but to the Zap's own URL. */
export function post(
  url: string,
  { body, headers, timeoutMs }: { body: string; headers: Record<string, string>; timeoutMs: number },
): Promise<Answer> {
  return new Promise((resolve) => {
    const target = new URL(url);
    const isHttp = target.protocol === 'http:';
    const request = (isHttp ? http : https).request(target, {
      method: 'POST',
      agent: agents[isHttp ? 'http:' : 'https:'],
      headers: { ...headers, 'Content-Length': Buffer.byteLength(body), 'User-Agent': 'highlevel-relay' },
    });
    const end = (answer: Partial<Answer>) => {
      clearTimeout(timer);
      resolve({ status: 0, failure: '', retryAfterSeconds: undefined, ...answer });
    };
    const timer = setTimeout(() => {
      end({ failure: 'timeout' });
      request.destroy();
    }, timeoutMs);
    request.on('error', (error) => {
      const code: unknown = Reflect.get(error, 'code');
      end({ failure: typeof code === 'string' ? code : 'no answer' });
    });
    request.on('response', (response) => {
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) request.destroy();
      });
      response.on('error', () => {});
      response.on('close', () => {
        const status = response.statusCode ?? 0;
        end({ status, retryAfterSeconds: secondsIn(response.headers['retry-after']) });
      });
    });
    request.end(body);
  });
}

function secondsIn(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}
