/** The desk answered, and said no in words for a person. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, words: string) {
    super(words)
    this.name = 'Refused'
    this.status = status
  }
}

const noAnswer = 'The desk cannot be reached. Is it still running?'

/** What to say of anything that went wrong on the way to the desk. */
export function wordsFor(error: unknown): string {
  return error instanceof Refused ? error.message : noAnswer
}

/** The desk's JSON answer. Throws `Refused` with its words, anything else when it cannot be reached. */
export async function get<T>(path: string): Promise<T> {
  return read<T>(await fetch(path, { headers: { accept: 'application/json' } }))
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  return read<T>(await send(path, body))
}

/** Sends a WAV file. Throws as `get` does. */
export async function postSound<T>(path: string, wav: Uint8Array<ArrayBuffer>): Promise<T> {
  return read<T>(await fetch(path, { method: 'POST', headers: { 'content-type': 'audio/wav' }, body: wav }))
}

/** One JSON object a line, each handed over as it comes, until `signal` ends it. Throws as `post` does. */
export async function postForLines({ path, body, onLine, signal }: { path: string; body: unknown; onLine: (line: unknown) => void; signal: AbortSignal }): Promise<void> {
  const response = await send(path, body, signal)
  if (!response.ok || response.body === null) {
    await read(response)
    return
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    const lines = (rest + (value ?? '')).split('\n')
    rest = done ? '' : lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') onLine(JSON.parse(line))
    if (done) return
  }
}

function send(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), ...(signal !== undefined && { signal }) })
}

async function read<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T
  const answer = (await response.json().catch(() => undefined)) as { error?: { message?: string } } | undefined
  throw new Refused(response.status, answer?.error?.message ?? `The desk answered with ${response.status}.`)
}

/** What is written in a form, by field name. */
export function valuesOf(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries([...new FormData(form)].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
}
