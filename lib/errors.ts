/** Input that cannot be used, in the user's words: what is wrong and what to do. Thrown before any request. */
export class InputError extends Error {
  override name = 'InputError';
}
