import type { Catalog } from '../../salon/salon.ts'
import type { Instant, LocalDate, Zone } from '../../salon/time.ts'
import type { Intent, OpenQuestion, Slots } from '../../understanding/reading.ts'
import type { ToolFailure, ToolResult } from '../desk-tool.ts'

/** The next thing the embedded brain does: use a tool, or speak and be done (with a question, when it needs an answer). */
export type Step =
  | { kind: 'call'; name: string; args: Record<string, unknown> }
  | { kind: 'say'; text: string; asked?: Asked }

/**
 * How one request is met, written as straight-line code: it yields tool calls and is resumed with their results. Plans
 * hold no state and are run again from the start at each step with the results so far, so they must be deterministic.
 */
export type Plan<T = never> = Generator<Step, T, ToolResult | ToolFailure>

/** What is to be done, as far as it is known. */
export type Task = {
  intent: Intent
  slots: Slots
  /** The staff member's words; the reason on a card. */
  said: string
  /** What answers to questions have settled. */
  chosen: Partial<Record<Choosable, { id: string; name: string }>>
  /** The times offered for it were refused. */
  refused?: true
}

export type Choosable = 'client' | 'otherClient' | 'appointment' | 'slot' | 'service' | 'staff' | 'location'

/** A question the desk has asked, kept with the conversation: the answer settles `fills` and the task goes on. */
export type Asked = {
  question: OpenQuestion
  text: string
  task: Task
  fills?: Choosable
  /** Names of the options, by id. */
  names?: Record<string, string>
  /** What else was asked for and waits for this. */
  rest?: string
}

/** Who and what was spoken of last: what "her" and "it" mean, and which card a "yes" is about. */
export type Focus = {
  client?: { id: string; name: string }
  appointment?: { id: string; name: string }
  proposal?: string
  /** The free times shown last, in their order. */
  offered?: { id: string; name: string }[]
  /** What was listed last, in its order: "the second one". */
  listed?: { client: { id: string; name: string }; appointment: { id: string; name: string } }[]
}

/** What a plan may know besides its task. */
export type Room = {
  now: Instant
  today: LocalDate
  zone: Zone
  catalog: Catalog
  locationId?: string | undefined
  /** Names of all clients, by id. */
  names: ReadonlyMap<string, string>
  focus: Focus
  say(tool: string, result: ToolResult): string
}

/** Uses a tool; when it fails, its words end the plan. */
export function* use<Result extends ToolResult>(name: string, args: Record<string, unknown>): Plan<Result> {
  const result = yield* attempt<Result>(name, args)
  if (isFailure(result)) yield* speak(result.error)
  return result as Result
}

/** Uses a tool and hands its failure to the plan. */
export function* attempt<Result extends ToolResult>(name: string, args: Record<string, unknown>): Plan<Result | ToolFailure> {
  const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined))
  return (yield { kind: 'call', name, args: given }) as Result | ToolFailure
}

/** Says the last words of a plan. */
export function* speak(text: string): Plan {
  yield { kind: 'say', text }
  throw new Error('a plan went on after its last word')
}

/** Asks one short question; the plan ends here and the task starts again when it is answered. */
export function* ask(asked: Asked): Plan {
  yield { kind: 'say', text: asked.text, asked }
  throw new Error('a plan went on after its question')
}

export function isFailure(result: ToolResult | ToolFailure): result is ToolFailure {
  return 'error' in result && 'code' in result
}

/** Runs a plan on the results so far (consumed from the front); its next step. */
export function nextStep(plan: Plan, results: (ToolResult | ToolFailure)[]): Step {
  let turn = plan.next()
  while (turn.done !== true && turn.value.kind === 'call') {
    const result = results.shift()
    if (result === undefined) return turn.value
    turn = plan.next(result)
  }
  if (turn.done === true) throw new Error('a plan ended without words')
  return turn.value
}
