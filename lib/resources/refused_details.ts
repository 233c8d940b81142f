import { ApiError, quoted } from '../base/errors.ts';

/** A contact detail that HighLevel checks by its own rules. */
export type ContactDetail = 'email' | 'phone';

const NAMES = { email: /\be-?mail\b/i, phone: /\b(?:tele)?phone(?:[ _-]?number)?\b/i } as const;
const WORDS = { email: 'email', phone: 'phone number' } as const;

/**
 * The details because of which HighLevel refused to write a contact (400 or 422 whose message names them); none for any other
 * error. Never those of a duplicate's refusal: without its email a second contact of the same person would be made.
 */
export function refusedDetails(error: unknown): ContactDetail[] {
  if (!(error instanceof ApiError) || error.kind !== 'refused' || error.duplicate) return [];
  if (error.status !== 400 && error.status !== 422) return [];
  const [, said = ''] = /HighLevel says: "(.*)"/s.exec(error.message) ?? [];
  if (/duplicat|already|another contact|(?:in use|taken)\b/i.test(said)) return [];
  // HighLevel lists its validation errors in one message. A detail that is missing is not one that was refused.
  const reasons = said.split('; ').filter((reason) => !isAboutElse(reason));
  const named: ContactDetail[] = ['email', 'phone'];
  return named.filter((detail) => reasons.some((reason) => NAMES[detail].test(reason)));
}

/** Whether a reason names a detail but refuses something else: that there is none, or a field of a similar name. */
function isAboutElse(reason: string): boolean {
  if (/custom ?field|additional|(?:at least|exactly) one|\bwithout\b/i.test(reason)) return true;
  return /\brequired\b/i.test(reason) && !/valid|format/i.test(reason);
}

/** What to do when HighLevel refuses a contact because of its email or phone number. */
export type RefusedDetail = 'stop' | 'leave_out';

/**
 * Writes a contact. When HighLevel refuses its email or phone number, it is written once more without the refused one
 * (`leave_out`, a warning is added), if `suffices` says that the rest is worth writing; else an ApiError says which detail
 * was refused. Other errors are thrown as they are.
 */
export async function writeAccepted<B extends { email?: unknown; phone?: unknown }, T>(
  body: B,
  write: (body: B) => Promise<T>,
  {
    refusedDetail,
    suffices,
    warnings,
  }: { refusedDetail: RefusedDetail; suffices: (body: B) => boolean; warnings: string[] },
): Promise<T> {
  try {
    return await write(body);
  } catch (error) {
    const refused = refusedDetails(error).filter((detail) => typeof body[detail] === 'string');
    if (!(error instanceof ApiError) || refused.length === 0) throw error;
    const rest = { ...body };
    for (const detail of refused) Reflect.deleteProperty(rest, detail);
    if (refusedDetail === 'stop' || !suffices(rest)) throw refusal(error, refused, body);
    warnings.push(
      ...refused.map(
        (detail) =>
          `HighLevel refused the ${WORDS[detail]} ${quoted(String(body[detail]))}, so the contact was written without it.`,
      ),
    );
    return writeAccepted(rest, write, { refusedDetail, suffices, warnings });
  }
}

/** The error that says first which detail was refused. */
function refusal(
  error: ApiError,
  refused: ContactDetail[],
  body: { email?: unknown; phone?: unknown },
): ApiError {
  const named = refused.map((detail) => `${WORDS[detail]} ${quoted(String(body[detail]))}`).join(' and the ');
  return new ApiError('refused', `HighLevel refused the ${named}. ${error.message}`, {
    status: error.status,
  });
}
