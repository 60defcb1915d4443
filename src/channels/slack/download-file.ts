import { DeskError } from '../../salon/errors.ts'

/** Fetches a file that is in Slack, as the desk. */
export type Download = (url: string) => Promise<Uint8Array>

/** As large as a recording may be. */
export const mostBytes = 10 * 1024 * 1024

/**
 * Files of Slack's, for which the token is needed ("Working with files", docs.slack.dev): from its own host, or the one
 * that stands in for it, and from nowhere else, for the token goes along; where that host sends us on to is not followed.
 * Throws `DeskError`: `unavailable` for what may go better later, else with words for whoever sent the file.
 */
export function openDownload({ token, apiUrl, send = fetch, timeoutMs = 20_000 }: { token: string; apiUrl: string | undefined; send?: typeof fetch; timeoutMs?: number }): Download {
  return async (url) => {
    if (!isSlacks(url, apiUrl)) throw new DeskError('not_allowed', { message: 'a file that is not at Slack\'s', userMessage: 'This recording is not kept by Slack itself, and I look nowhere else. Record it in Slack, or type.' })
    const signal = AbortSignal.timeout(timeoutMs)
    const response = await send(url, { headers: { authorization: `Bearer ${token}` }, redirect: 'manual', signal }).catch((error: unknown) => { throw broken(error) })
    try {
      check(response)
      return await readAll(response)
    } finally {
      await response.body?.cancel().catch(() => {})
    }
  }
}

function isSlacks(url: string, apiUrl: string | undefined): boolean {
  if (!URL.canParse(url)) return false
  const { origin, username, password } = new URL(url)
  if (username !== '' || password !== '') return false
  return origin === 'https://files.slack.com' || (apiUrl !== undefined && origin === new URL(apiUrl).origin)
}

function check({ status, headers }: Response): void {
  if (status === 404 || status === 410) throw new DeskError('not_found', { message: `a file of Slack's is gone: ${status}`, userMessage: goneWords })
  if (status === 429 || status >= 500) throw broken(undefined, `http_${status}`)
  // Whom Slack does not let in gets its sign-in page, by a redirect or at once.
  if (status !== 200 || /^text\/html\b/i.test(headers.get('content-type') ?? '')) throw new DeskError('not_allowed', { message: `Slack does not give a file: ${status}`, userMessage: 'Slack did not let me have this recording. Ask whoever set me up to run "desk doctor"; until then, please type.' })
  if (Number(headers.get('content-length') ?? 0) > mostBytes) throw tooLarge()
}

/** Said of a file that somebody has deleted. */
export const goneWords = 'This recording is gone from Slack. Record it again, or type.'

async function readAll({ body, headers }: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for await (const part of body ?? []) {
      parts.push(part)
      length += part.length
      if (length > mostBytes) throw tooLarge()
    }
  } catch (error) {
    throw error instanceof DeskError ? error : broken(error)
  }
  const said = Number(headers.get('content-length') ?? length)
  if (length < said && headers.get('content-encoding') === null) throw broken(undefined, 'cut_short')
  return Buffer.concat(parts)
}

export function tooLarge(): DeskError {
  return new DeskError('invalid_input', { message: 'a recording above 10 MB', userMessage: 'This recording is too large: at most 10 MB.' })
}

function broken(cause: unknown, code = 'no_answer'): DeskError {
  return new DeskError('unavailable', { message: `a file of Slack's did not come: ${code}`, userMessage: 'Slack does not give me the recording at the moment.', cause })
}
