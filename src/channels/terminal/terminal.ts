import { createInterface } from 'node:readline'
import { userInfo } from 'node:os'

/** Where a command speaks and listens; tests hand in their own. */
export type Terminal = {
  /** Results, for people and for pipes; a line a call. */
  out(text: string): void
  /** Progress and problems; never part of the result. */
  err(text: string): void
  /** Lines of standard input, to its end. With `prompt`, shown before each one when somebody sits there. */
  lines(prompt?: string): AsyncIterable<string>
  /** Somebody sits there: prompts and colour make sense. */
  readonly interactive: boolean
  readonly colour: boolean
  readonly columns: number
  /** Name of the account, as the default for who is speaking. */
  readonly user: string
  /** Resolves when the person or the system asks us to stop (Ctrl-C, SIGTERM). */
  stopped(): Promise<void>
  /** Ends the program at once; for an interrupted command whose work must not go on. */
  exit(code: number): void
}

export function processTerminal(): Terminal {
  // A reader that went away (`| head`) is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code === 'EPIPE') process.exit(0) })
  return {
    out: (text) => { process.stdout.write(`${text}\n`) },
    err: (text) => { process.stderr.write(`${text}\n`) },
    async *lines(prompt) {
      const input = createInterface({ input: process.stdin, ...(process.stdin.isTTY ? { output: process.stdout } : {}), prompt: prompt ?? '' })
      if (process.stdin.isTTY) input.prompt()
      for await (const line of input) {
        yield line
        if (process.stdin.isTTY) input.prompt()
      }
    },
    interactive: process.stdin.isTTY && process.stdout.isTTY,
    colour: process.stdout.isTTY && process.stdout.hasColors(),
    columns: Math.min(process.stdout.columns ?? 80, 100),
    user: userInfo().username,
    exit: (code) => process.exit(code),
    stopped: () => new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
    }),
  }
}
