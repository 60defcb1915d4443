import { createHmac } from 'node:crypto'

/** One try of a webhook: where to, and the HTTP status, or why there was none. */
export type Attempt = { url: string; status: number | 'no connection' | 'too slow' }

/** Twilio's signature: HMAC-SHA1 of the address and the sorted parameters, written here anew and not with Twilio's own library. */
function signTwilio({ url, params, token }: { url: string; params: Record<string, string>; token: string }): string {
  const sorted = Object.keys(params).toSorted().map((name) => name + params[name]).join('')
  return createHmac('sha1', token).update(url + sorted, 'utf8').digest('base64')
}

/** A signed webhook as it arrives at the desk. */
export function signedWebhook({ url, params, token }: { url: string; params: Record<string, string>; token: string }): { headers: Record<string, string>; body: string } {
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', 'x-twilio-signature': signTwilio({ url, params, token }) },
    body: new URLSearchParams(params).toString(),
  }
}

/**
 * Calls a webhook as Twilio does: the part behind "#" says how often it is tried again (`rc`, 1 by default, 5 at most) and
 * after what (`rp`: `all`, or only a failed connection); it is not sent. `reach` says where a public address is to be found.
 */
export async function callWebhook({ address, params, token, reach, timeoutMs }: { address: string; params: Record<string, string>; token: string; reach: (url: string) => string; timeoutMs: number }): Promise<Attempt[]> {
  const [url = '', fragment = ''] = address.split('#')
  const options = new URLSearchParams(fragment)
  const retries = Math.min(5, Number(options.get('rc') ?? 1))
  const attempts: Attempt[] = []
  for (let tries = 0; tries <= retries; tries++) {
    const attempt = await tryOnce({ url, params, token, reach, timeoutMs })
    attempts.push(attempt)
    const failed = attempt.status === 'no connection' || (options.get('rp') === 'all' && (attempt.status === 'too slow' || attempt.status >= 400))
    if (!failed) break
  }
  return attempts
}

async function tryOnce({ url, params, token, reach, timeoutMs }: { url: string; params: Record<string, string>; token: string; reach: (url: string) => string; timeoutMs: number }): Promise<Attempt> {
  const { headers, body } = signedWebhook({ url, params, token })
  try {
    const response = await fetch(reach(url), { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) })
    await response.arrayBuffer()
    return { url, status: response.status }
  } catch (error) {
    return { url, status: error instanceof Error && error.name === 'TimeoutError' ? 'too slow' : 'no connection' }
  }
}

/** Whether any try was answered well. */
export function wentWell(attempts: Attempt[]): boolean {
  return attempts.some(({ status }) => typeof status === 'number' && status < 400)
}
