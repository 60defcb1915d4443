import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { PressAnswer } from '../cards/card.ts'

/** What the channels count, for `/metrics`. Labels are of a few fixed words, never ids. */
export type Counters = {
  /** A request from outside whose signature did not fit (F04). */
  signatureRefused(): void
  /** `result`: done, refused, form, wrong, view, failed. */
  press(result: string): void
  /** `brain`: embedded, the name of a language model, or failed. */
  turn(brain: string): void
  /** Everything counted, in Prometheus's text format. */
  text(): Promise<string>
  contentType: string
}

/** Counters of one process, with those of Node itself. `bookAge` answers, at each reading, how many seconds old the copy of the salon's platform is; absent where the book is the desk's own. */
export function openCounters({ bookAge }: { bookAge?: () => Promise<number | undefined> } = {}): Counters {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const count = <Label extends string>(name: string, help: string, labelNames: Label[]) => new Counter({ name, help, labelNames, registers: [registry] })
  const refusals = count('desk_signature_refusals_total', 'Requests whose signature did not fit', [])
  const presses = count('desk_presses_total', 'Buttons pressed and forms sent, by what came of it', ['result'])
  const turns = count('desk_turns_total', 'Questions answered in a chat, by who answered', ['brain'])
  if (bookAge !== undefined) {
    registry.registerMetric(new Gauge({
      name: 'desk_book_age_seconds', help: 'Age of the copy of the salon\'s booking platform', registers: [],
      // Not known (nothing is here yet, or the database is away) is no number: the series is missing then.
      async collect() {
        const age = await bookAge().catch(() => undefined)
        if (age === undefined) this.remove()
        else this.set(age)
      },
    }))
  }
  return {
    signatureRefused: () => refusals.inc(),
    press: (result) => presses.inc({ result }),
    turn: (brain) => turns.inc({ brain }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

/** The word under which an answered press is counted. */
export function pressResult(answer: PressAnswer): string {
  return answer.kind === 'said' ? (answer.good ? 'done' : 'refused') : answer.kind
}
