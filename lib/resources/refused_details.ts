import { ApiError, quoted } from '../base/errors.ts';

/** A contact detail that HighLevel checks by its own rules. */
export type ContactDetail = 'email' | 'phone';

const NAMES = { email: /\be-?mail\b/i, phone: /\b(?:tele)?phone(?:[ _-]?number)?\b/i } as const;
const WORDS = { email: 'email', phone: 'phone number' } as const;

/**
 * The details because of which HighLevel refused a contact (400 or 422 whose message names them); empty for any other error.
 * Empty for a duplicate: without its email, a second contact for the same person would be created.
 */
export function refusedDetails(error: unknown): ContactDetail[] {
  if (!(error instanceof ApiError) || error.kind !== 'refused' || error.duplicate) return [];
  if (error.status !== 400 && error.status !== 422) return [];
  const [, said = ''] = /HighLevel says: "(.*)"/s.exec(error.message) ?? [];
  if (/duplicat|already|another contact|(?:in use|taken)\b/i.test(said)) return [];
  // HighLevel lists its validation errors in one message. A missing detail was not refused.
  const reasons = said.split('; ').filter((reason) => !isAboutSomethingElse(reason));
  const named: ContactDetail[] = ['email', 'phone'];
  return named.filter((detail) => reasons.some((reason) => NAMES[detail].test(reason)));
}

/** Whether a reason names a detail but is about something else: a missing detail, or a field with a similar name. */
function isAboutSomethingElse(reason: string): boolean {
  if (/custom ?field|additional|(?:at least|exactly) one|\bwithout\b/i.test(reason)) return true;
  return /\brequired\b/i.test(reason) && !/valid|format/i.test(reason);
}

/** What to do when HighLevel refuses a contact because of its email or phone number. */
export type RefusedDetail = 'stop' | 'leave_out';

/**
 * Writes a contact. If HighLevel refuses its email or phone number, `leave_out` writes it again without that detail and adds
 * a warning, provided that `suffices` accepts the rest; otherwise an ApiError says which detail was refused. Other errors
 * are rethrown.
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

/** The error, starting with the detail that was refused. */
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
