import { createPublicKey, verify } from 'node:crypto';

/** HighLevel's public Ed25519 key for webhooks. Source: HighLevel's webhook guide, as cited by several integrators. */
const KEY = 'MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=';
/** The header with the signature, in base64. */
export const SIGNATURE_HEADER = 'x-ghl-signature';

/**
 * Whether HighLevel signed this body (Ed25519 over the raw text). HIGHLEVEL_WEBHOOK_KEY, a DER public key in base64,
 * overrides the built-in key in case HighLevel changes it. Never throws: a malformed signature is false.
 */
export function isSigned(raw: string, signature: string): boolean {
  try {
    const der = Buffer.from(process.env.HIGHLEVEL_WEBHOOK_KEY || KEY, 'base64');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return verify(null, Buffer.from(raw, 'utf8'), key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
