import { existsSync, unlinkSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { join, relative } from 'node:path';
import { ConfigError } from './config.ts';

/** Another relay uses the folder. */
export class FolderInUse extends ConfigError {
  override name = 'FolderInUse';
}

const MAX_SOCKET_PATH = 100;
const MAX_COMMAND = 10_000;

function socketIn(folder: string): string {
  const path = join(folder, 'relay.sock');
  const short = relative(process.cwd(), path);
  const best = short.length < path.length ? short : path;
  if (best.length > MAX_SOCKET_PATH)
    throw new ConfigError('The path of RELAY_DATA is too long. Choose a folder with a shorter path.');
  return best;
}

/**
 * Sends a command to the relay that uses a folder, and returns its answer; undefined when none does. The socket is reachable
 * only for those who may enter the folder.
 */
export function askRelayIn(folder: string, command: readonly string[]): Promise<string | undefined> {
  const path = socketIn(folder);
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify(command)}\n`));
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', (error) => {
      const code: unknown = Reflect.get(error, 'code');
      if (code === 'ENOENT' || code === 'ECONNREFUSED') resolve(undefined);
      else reject(error);
    });
  });
}

/**
 * Takes a folder for this process, so that no two relays write to one spool or one embedded database, and answers commands.
 * The lock ends with the process, however it ends. Throws FolderInUse.
 */
export async function takeFolder(
  folder: string,
  answer: (command: string[]) => Promise<string>,
): Promise<{ release: () => Promise<void> }> {
  if ((await askRelayIn(folder, [])) !== undefined)
    throw new FolderInUse(
      `Another relay uses ${folder}. Stop it first, or set RELAY_DATA to another folder.`,
    );
  const path = socketIn(folder);
  if (existsSync(path)) unlinkSync(path);
  const server: Server = createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (text.length > MAX_COMMAND) socket.destroy();
      if (!text.endsWith('\n')) return;
      const command: unknown = JSON.parse(text);
      const words = Array.isArray(command) ? command.map(String) : [];
      answer(words).then(
        (said) => socket.end(said),
        (error: unknown) => socket.end(error instanceof Error ? error.message : 'It did not work.'),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}
