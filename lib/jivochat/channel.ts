import { setTimeout as sleep } from 'node:timers/promises';
import { errors, type ZObject } from 'zapier-platform-core';
import { ApiError, InputError, quoted } from '../base/errors.ts';
import { isLoopback, isSafe, leavesOutcomeOpen, untouched } from '../base/http.ts';
import { maskText, secretsOf } from '../base/secrets.ts';

/** The body of a request to JivoChat's Chat API: a text message from a sender. */
export interface ChannelMessage {
  /** The id must not change, so that JivoChat keeps one dialog per sender. */
  sender: { id: string; name: string; email?: string; phone?: string; crm_link?: string };
  message: { type: 'text'; id: string; date: number; text: string };
}

const TIMEOUT_MS = 8_000;
/** JivoChat asks to resend a message after a 5xx, at least 3 seconds later. Source: JivoChat's Chat API documentation. */
const RETRY_AFTER_MS = 3_000;
const ATTEMPTS = 2;
/** How long Zapier waits after a 429; JivoChat does not say. */
const THROTTLED_FOR_MS = 60_000;

/**
 * Validates a connection's Chat API URL. Throws InputError when it is missing or not a JivoChat host. A loopback host is
 * allowed only with the sandbox: in Zapier's cloud it would reach internal services.
 */
export function channelUrl(url: string | undefined, { besideSandbox }: { besideSandbox: boolean }): string {
  if (!url) {
    throw new InputError(
      'This connection has no JivoChat channel. Reconnect the account and enter the URL of a Chat API channel of JivoChat.',
    );
  }
  const { hostname = '' } = URL.canParse(url) ? new URL(url) : {};
  const inSandbox = besideSandbox && isLoopback(hostname);
  if (!isSafe(url) || /[?#]/.test(url) || !(hostname.endsWith('.jivosite.com') || inSandbox)) {
    throw new InputError(
      'The JivoChat channel URL of this connection must begin with https, and its host must end in .jivosite.com. Reconnect the account with the right URL.',
    );
  }
  return url;
}

/**
 * Sends a message to a Chat API channel. After a 5xx or no response it is sent once more with the same id, if the run has
 * time for it (`timeLeft`, in ms). Throws ApiError when JivoChat refuses or does not confirm the message; the error never
 * contains the URL, which is a secret.
 */
export async function deliver(
  zapier: ZObject,
  url: string,
  message: ChannelMessage,
  timeLeft: () => number,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const answer = await post(zapier, url, message, Math.min(TIMEOUT_MS, timeLeft()));
    if (answer.status >= 200 && answer.status < 300) return;
    if (answer.status === 429) {
      throw new ApiError('throttled', "JivoChat's rate limit is reached. Zapier will try this step again.", {
        status: answer.status,
        retryAfterMs: THROTTLED_FOR_MS,
      });
    }
    if (answer.status >= 300 && !leavesOutcomeOpen(answer.status)) {
      const reason = wordsOf(answer.text, url);
      throw new ApiError(
        'refused',
        `JivoChat did not accept the update${reason && `: ${quoted(reason, 200)}`}. Check the channel URL of this connection and the fields of this step.`,
        { status: answer.status },
      );
    }
    if (attempt === ATTEMPTS || timeLeft() <= RETRY_AFTER_MS) {
      throw new ApiError('uncertain', 'JivoChat did not confirm the update.', { system: 'JivoChat' });
    }
    await sleep(RETRY_AFTER_MS);
  }
}

/**
 * JivoChat's plain-text error, without the secret parts of the URL that it may repeat. HTML and JSON are not useful to a
 * user.
 */
function wordsOf(text: string, url: string): string {
  if (/^[<{[]/.test(text.trimStart())) return '';
  return maskText(text, secretsOf({ jivoChatChannelSecret: url }).all).trim();
}

/** Status 0 means that there was no response. */
async function post(
  zapier: ZObject,
  url: string,
  message: ChannelMessage,
  timeoutMs: number,
): Promise<{ status: number; text: string }> {
  const options = {
    url,
    method: 'POST' as const,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'User-Agent': 'Zapier' },
    body: JSON.stringify(message),
    ...untouched,
    signal: AbortSignal.timeout(Math.max(timeoutMs, 0)),
  };
  try {
    const response = await zapier.request(options);
    const text = response.content ?? '';
    // JivoChat never answers with HTML: a proxy did, and the message did not arrive.
    const isPage = response.status < 300 && text.trimStart().startsWith('<');
    return { status: isPage ? 0 : response.status, text };
  } catch (error) {
    // Core turns every 401 into a RefreshAuthError, but this one is not about HighLevel's token.
    return { status: error instanceof errors.RefreshAuthError ? 401 : 0, text: '' };
  }
}
