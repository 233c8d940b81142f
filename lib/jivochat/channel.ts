import { setTimeout as sleep } from 'node:timers/promises';
import { errors, type ZObject } from 'zapier-platform-core';
import { ApiError, InputError, quoted } from '../base/errors.ts';
import { isLoopback, isSafe, leavesOutcomeOpen, untouched } from '../base/http.ts';
import { maskText, secretsOf } from '../base/secrets.ts';

/** What goes into a channel of JivoChat's Chat API: one text, from one sender. */
export interface ChannelMessage {
  /** Stable per person, so that JivoChat keeps one dialog for each. */
  sender: { id: string; name: string; email?: string; phone?: string; crm_link?: string };
  message: { type: 'text'; id: string; date: number; text: string };
}

const TIMEOUT_MS = 8_000;
/** JivoChat asks that a message it answered with 5xx be sent again after 3 seconds or more. Source: its Chat API. */
const RETRY_AFTER_MS = 3_000;
const ATTEMPTS = 2;
/** When Zapier comes back after a 429; JivoChat names no time. */
const THROTTLED_FOR_MS = 60_000;

/**
 * The Chat API address of a connection, checked. Throws InputError when it is missing or leads elsewhere than JivoChat. This
 * machine is allowed beside the sandbox alone: in Zapier's cloud nobody should reach what else runs there.
 */
export function channelUrl(given: string | undefined, { besideSandbox }: { besideSandbox: boolean }): string {
  if (!given) {
    throw new InputError(
      'This connection has no JivoChat channel. Reconnect the account and enter the address of a Chat API channel of JivoChat.',
    );
  }
  const { hostname = '' } = URL.canParse(given) ? new URL(given) : {};
  const inSandbox = besideSandbox && isLoopback(hostname);
  if (!isSafe(given) || /[?#]/.test(given) || !(hostname.endsWith('.jivosite.com') || inSandbox)) {
    throw new InputError(
      'The JivoChat channel address of this connection must begin with https and end its host in .jivosite.com. Please reconnect the account with the right address.',
    );
  }
  return given;
}

/**
 * Delivers a message into a Chat API channel. A message that JivoChat may have missed is sent once more under the same id,
 * while the run has time: `timeLeft` gives what it has, in ms. Throws ApiError, in the user's words and without the
 * address, when JivoChat refuses it or stays silent.
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
      throw new ApiError(
        'throttled',
        'JivoChat takes no more messages for the moment. Zapier will try this step again.',
        { status: answer.status, retryAfterMs: THROTTLED_FOR_MS },
      );
    }
    if (answer.status >= 300 && !leavesOutcomeOpen(answer.status)) {
      const reason = wordsOf(answer.text, url);
      throw new ApiError(
        'refused',
        `JivoChat did not take the update${reason && `: ${quoted(reason, 200)}`}. Please check the channel address of this connection and the fields of this step.`,
        { status: answer.status },
      );
    }
    if (attempt === ATTEMPTS || timeLeft() <= RETRY_AFTER_MS) {
      throw new ApiError(
        'uncertain',
        'JivoChat did not confirm the update. It may or may not have arrived; look into the channel before you replay this step.',
      );
    }
    await sleep(RETRY_AFTER_MS);
  }
}

/** JivoChat's reason, a plain text, without the parts of the address that it may repeat. A page or JSON tells a user nothing. */
function wordsOf(text: string, url: string): string {
  if (/^[<{[]/.test(text.trimStart())) return '';
  return maskText(text, secretsOf({ jivoChatChannelSecret: url }).all).trim();
}

/** Status 0 stands for no answer at all. */
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
    // A page is not JivoChat's: something before it has answered, and the message did not arrive.
    const isPage = response.status < 300 && text.trimStart().startsWith('<');
    return { status: isPage ? 0 : response.status, text };
  } catch (error) {
    // Core takes any 401 for a stale token of HighLevel's, which JivoChat has never seen.
    return { status: error instanceof errors.RefreshAuthError ? 401 : 0, text: '' };
  }
}
