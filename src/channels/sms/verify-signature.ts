import twilio from 'twilio'

/** What docs/twilio.md has people put behind the webhook's address; whether Twilio signs it too is not documented. */
const fragment = '#rc=5&rp=all'

/**
 * Whether Twilio signed this request (X-Twilio-Signature): HMAC-SHA1 with the account's token over the public address and
 * the sorted parameters of the form; of a JSON body the address carries the hash. Either token will do, so that one can be
 * replaced without losing a text (TWI-1). Compared in constant time, by the SDK.
 */
export function isFromTwilio({ authTokens, signature, publicUrl, rawBody }: {
  authTokens: readonly string[]
  signature: string | undefined
  /** As Twilio knows the address: scheme, host, path and query exactly as configured; never from the Host header. */
  publicUrl: string
  rawBody: string
}): boolean {
  if (signature === undefined || signature === '') return false
  const check = /[?&]bodySHA256=/.test(publicUrl)
    ? (token: string, url: string) => twilio.validateRequestWithBody(token, signature, url, rawBody)
    : (token: string, url: string) => twilio.validateRequest(token, signature, url, readForm(rawBody))
  return authTokens.some((token) => [publicUrl, publicUrl + fragment].some((url) => check(token, url)))
}

/** A form's parameters; a name that comes twice keeps both values, as the signature does. */
export function readForm(rawBody: string): Record<string, string | string[]> {
  const form = new URLSearchParams(rawBody)
  return Object.fromEntries([...new Set(form.keys())].map((name) => {
    const values = form.getAll(name)
    return [name, values.length > 1 ? values : values[0] ?? '']
  }))
}
