import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { userInfo } from 'node:os'
import { DeskError } from '../../salon/errors.ts'

/** Where a command speaks and listens; tests hand in their own. */
export type Terminal = {
  /** Results, for people and for pipes; a line a call. */
  out(text: string): void
  /** Progress and problems; never part of the result. */
  err(text: string): void
  /** Lines of standard input, to its end. With `prompt`, shown before each one when somebody sits there. */
  lines(prompt?: string): AsyncIterable<string>
  /** One answer of somebody who sits there; `hidden` shows nothing of it. */
  question(prompt: string, options?: { hidden?: boolean }): Promise<string>
  /** Somebody sits there: prompts and colour make sense. */
  readonly interactive: boolean
  readonly colour: boolean
  /** At most 80. */
  readonly columns: number
  /** Name of the account, as the default for who is speaking. */
  readonly user: string
  /** Resolves when the person or the system asks us to stop (Ctrl-C, SIGTERM). */
  stopped(): Promise<void>
  /** Ends the program at once; for an interrupted command whose work must not go on. */
  exit(code: number): void
}

export function processTerminal(): Terminal {
  // A reader that went away (`| head`) is no error of ours; the command ends as ever, so that the database is closed too.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const interactive = process.stdin.isTTY && process.stdout.isTTY
  return {
    out: (text) => { process.stdout.write(`${text}\n`) },
    err: (text) => { process.stderr.write(`${text}\n`) },
    async *lines(prompt) {
      const input = createInterface({ input: process.stdin, ...(interactive ? { output: process.stdout } : {}), prompt: prompt ?? '' })
      if (interactive) input.prompt()
      for await (const line of input) {
        yield line
        if (interactive) input.prompt()
      }
      if (interactive) process.stdout.write('\n') // Ctrl-D leaves the cursor behind the prompt
    },
    question: ask,
    interactive,
    colour: process.stdout.isTTY && process.stdout.hasColors(),
    // Some terminals say 0 when they do not know.
    columns: Math.min(process.stdout.columns || 80, 80),
    user: accountName(),
    exit: (code) => process.exit(code),
    stopped: () => new Promise((resolve) => {
      let first: number | undefined
      const stop = () => {
        first ??= performance.now()
        resolve()
        // npm passes on a Ctrl-C that the terminal has sent us already: only a later one means "at once".
        if (performance.now() - first > impatientMs) process.exit(130)
      }
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
    }),
  }
}

const impatientMs = 1_500

/** Asks once; what is hidden is read without an echo. */
async function ask(prompt: string, { hidden = false }: { hidden?: boolean } = {}): Promise<string> {
  const output = new Writable({ write: (chunk, _encoding, done) => { if (!hidden) process.stdout.write(chunk as Buffer); done() } })
  const input = createInterface({ input: process.stdin, output, terminal: true })
  if (hidden) process.stdout.write(prompt)
  try {
    return await new Promise<string>((resolve, reject) => {
      input.once('close', () => reject(new DeskError('invalid_input', { message: 'input ended', userMessage: 'Nothing was entered, so nothing was changed.' })))
      input.question(hidden ? '' : prompt, resolve)
    })
  } finally {
    input.close()
    if (hidden) process.stdout.write('\n')
  }
}

/** A container may run us under a number that has no account. */
function accountName(): string {
  try {
    return userInfo().username
  } catch {
    return 'somebody'
  }
}
