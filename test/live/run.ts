import { at, connectLive, messageIn, rowsAt, type Account, type Clock, type Live } from './connection.ts';
import { failureIn } from '../support/zapier/failed.ts';
import { stories } from './stories.ts';
import { uncertainties } from './uncertainties.ts';

/** The options of a run. */
export interface RunOptions {
  print: (line: string) => void;
  clock: Clock;
  /** Returns true to stop the run early; its records are still deleted. */
  stopped?: () => boolean;
}

/**
 * Tests the connection, runs all stories in an account, answers the open questions, and deletes all created records, even after
 * a failure. Returns whether every story passed and nothing is left; a question may stay open.
 */
export async function runLive(app: object, account: Account, options: RunOptions): Promise<boolean> {
  const { clock, stopped = () => false } = options;
  const print = (line: string) => options.print(line.replaceAll(account.token, '[token]'));
  let cleaning = false;
  const live = connectLive(app, account, clock, () => stopped() && !cleaning);
  print(`HighLevel at ${account.url}. Everything that is made begins with ${live.mark}.\n`);

  const refused = await failure(async () => void (await live.call('authentication.test')));
  if (refused) {
    print(`Not run: the connection test failed. ${refused}`);
    return false;
  }

  let good = true;
  for (const { name, run } of stories) {
    const failed = await failure(() => run(live));
    if (failed) good = false;
    print(failed ? `FAILED   ${name}\n         ${failed}` : `passed   ${name}`);
  }
  print('');
  for (const { question, look } of uncertainties) {
    let seen = '';
    const failed = await failure(async () => {
      seen = await look(live);
    });
    print(failed ? `open:    ${question} ${failed}` : `settled: ${question} ${seen}`);
  }
  print('');
  cleaning = true;
  const left = await cleanUp(live);
  print(left.length === 0 ? 'Cleaned up: nothing is left.' : `Left behind:\n  ${left.join('\n  ')}`);
  return good && left.length === 0;
}

async function failure(run: () => Promise<void>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? failureIn(error).message || error.message : String(error);
  }
}

/** Deletes everything with the mark. Returns a message for each record that could not be deleted. */
async function cleanUp(live: Live): Promise<string[]> {
  const left: string[] = [];
  for (const email of live.emails) {
    const failed = await failure(() => deleteContacts(live, email));
    if (failed) left.push(`the contact ${email}: ${failed}`);
  }
  // The tags come with the contacts: without any, there is nothing to look for.
  const failed = live.emails.size > 0 && (await failure(() => deleteTags(live)));
  if (failed) left.push(`tags that begin with ${live.mark}: ${failed}`);
  return left;
}

// By email, not id, to find duplicates and contacts whose response was lost.
async function deleteContacts(live: Live, email: string): Promise<void> {
  const query = new URLSearchParams({ locationId: live.locationId, email });
  for (let most = 5; most > 0; most--) {
    const { status, data } = await live.api(`GET /contacts/search/duplicate?${query.toString()}`);
    if (status >= 400) throw new Error(`cannot be looked for, ${status} ${messageIn(data)}`);
    const id = at(data, 'contact.id');
    if (typeof id !== 'string') return;
    const deleted = await live.api(`DELETE /contacts/${id}`);
    if (deleted.status >= 400) throw new Error(`${deleted.status} ${messageIn(deleted.data)}`);
  }
  throw new Error('is found again and again');
}

async function deleteTags(live: Live): Promise<void> {
  const tags = `/locations/${live.locationId}/tags`;
  const { status, data } = await live.api(`GET ${tags}`);
  if (status >= 400) throw new Error(`cannot be listed, ${status} ${messageIn(data)}`);
  for (const { id, name } of rowsAt(data, 'tags')) {
    if (!String(name).startsWith(live.mark)) continue;
    const deleted = await live.api(`DELETE ${tags}/${String(id)}`);
    if (deleted.status >= 400) throw new Error(`${deleted.status} ${messageIn(deleted.data)}`);
  }
}
