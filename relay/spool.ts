import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { open, readFile, unlink, appendFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** The spool has no room left. */
export class SpoolFull extends Error {
  override name = 'SpoolFull';
}

const MAX_SEGMENT_BYTES = 8_000_000;

interface Waiting {
  line: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Files for events that cannot be written to the database. An event counts as taken only when its line has been synced to
 * the disk. Lines that arrive together are synced together.
 */
export class Spool {
  readonly #folder: string;
  readonly #maxBytes: number;
  #segments: string[];
  #bytes = 0;
  #next: number;
  #current: { file: FileHandle; name: string; bytes: number } | undefined;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  /** Opens the spool in a folder; what an earlier process left is there to be drained. */
  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#segments = readdirSync(folder)
      .filter((name) => /^\d{9}\.jsonl$/.test(name))
      .toSorted();
    for (const name of this.#segments) this.#bytes += statSync(join(folder, name)).size;
    this.#next = Number((this.#segments.at(-1) ?? '0').replace('.jsonl', '')) + 1;
  }

  /** The size of what waits, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Writes a record and resolves when it is on the disk. Rejects with SpoolFull, or when the disk fails. */
  append(record: object): Promise<void> {
    const line = `${JSON.stringify(record)}\n`;
    const size = Buffer.byteLength(line);
    if (this.#bytes + size > this.#maxBytes) return Promise.reject(new SpoolFull('The spool is full.'));
    this.#bytes += size;
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        line,
        resolve,
        reject: (error) => {
          this.#bytes -= size;
          reject(error);
        },
      });
      this.#writing ??= this.#write();
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        const current = await this.#segment();
        const text = batch.map(({ line }) => line).join('');
        await current.file.appendFile(text);
        await current.file.datasync();
        current.bytes += Buffer.byteLength(text);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // Half a line may be in this file, so it takes no more.
        await this.#close();
        for (const { reject } of batch) reject(error);
      }
    }
    // In the same turn as the last look: a line that comes later starts the writing again.
    this.#writing = undefined;
  }

  async #segment() {
    if (this.#current && this.#current.bytes < MAX_SEGMENT_BYTES) return this.#current;
    await this.#close();
    const name = `${String(this.#next).padStart(9, '0')}.jsonl`;
    const file = await open(join(this.#folder, name), 'a', 0o600);
    this.#next += 1;
    this.#segments.push(name);
    this.#current = { file, name, bytes: 0 };
    // The file's entry in the folder must be on the disk too.
    const folder = await open(this.#folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    return this.#current;
  }

  async #close(): Promise<void> {
    const { file } = this.#current ?? {};
    this.#current = undefined;
    await file?.close().catch(() => {});
  }

  /**
   * Hands the records over, oldest first, in parts of at most `size`. A file is deleted when all its records were taken; if
   * `take` throws, the file is handed over again the next time. Returns how many records were taken.
   */
  async drain(size: number, take: (records: unknown[]) => Promise<void>): Promise<number> {
    let taken = 0;
    for (;;) {
      while (this.#writing) await this.#writing;
      const name = this.#segments[0];
      if (name === undefined) return taken;
      if (name === this.#current?.name) await this.#close();
      const path = join(this.#folder, name);
      const text = await readFile(path, 'utf8');
      const records = text.split('\n').flatMap(recordIn);
      for (let start = 0; start < records.length; start += size) {
        const part = records.slice(start, start + size);
        await take(part);
        taken += part.length;
      }
      await unlink(path);
      this.#segments.shift();
      this.#bytes = this.#segments.length === 0 && !this.#writing ? 0 : this.#bytes - Buffer.byteLength(text);
    }
  }

  /** Keeps a record that the database refuses for what it contains, so that it stops no others. */
  async setAside(record: unknown): Promise<void> {
    await appendFile(join(this.#folder, 'refused.jsonl'), `${JSON.stringify(record)}\n`, { mode: 0o600 });
  }

  /** Waits for what is being written, and closes the file. */
  async close(): Promise<void> {
    while (this.#writing) await this.#writing;
    await this.#close();
  }
}

/** A line of a file; nothing for the end of a line that was cut off by a crash and thus never acknowledged. */
function recordIn(line: string): unknown[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
