/** A body over the limit. */
export class BodyTooLarge extends Error {
  override name = 'BodyTooLarge';
}

/** A body that is not text: its signature could not be passed on. */
export class NotUtf8 extends Error {
  override name = 'NotUtf8';
}

/** More bodies than there is memory for. */
export class TooManyBodies extends Error {
  override name = 'TooManyBodies';
}

/** All bodies that are being read, together. */
const MAX_BYTES_AT_ONCE = 200_000_000;

/** Reads bodies up to a limit, and counts what all of them hold. */
export class BodyReader {
  #held = 0;

  /** The body as text, unchanged. Throws BodyTooLarge, NotUtf8 or TooManyBodies. */
  async read(request: Request, maxBytes: number): Promise<string> {
    if (Number(request.headers.get('content-length') ?? 0) > maxBytes)
      throw new BodyTooLarge('The body is too large.');
    if (!request.body) return '';
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of request.body) {
        size += chunk.length;
        this.#held += chunk.length;
        if (size > maxBytes) throw new BodyTooLarge('The body is too large.');
        if (this.#held > MAX_BYTES_AT_ONCE) throw new TooManyBodies('Too many bodies at once.');
        chunks.push(chunk);
      }
      return decoded(Buffer.concat(chunks));
    } finally {
      this.#held -= size;
    }
  }
}

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new NotUtf8('The body is not UTF-8.');
  }
}
