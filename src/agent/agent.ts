import type { Proposal } from '../approvals/proposal.ts'
import type { Person } from '../approvals/roles.ts'

/** What happens while a turn runs: what is being looked up, and the words of a language model as they come. */
export type AgentEvent = { kind: 'status'; text: string } | { kind: 'token'; text: string }

export type TurnRequest = {
  conversationId: string
  /** From a verified source; code hands it to the tools, no model can change it. */
  person: Person
  text: string
  /** Names this request (`slack:EVENT`): the same one again answers what was answered, and nothing happens twice. */
  requestId?: string
  /** The shop the person stands in, when the channel knows. */
  locationId?: string
  onEvent?: (event: AgentEvent) => void
  signal?: AbortSignal
}

/** A policy answer, or words from a client's record. */
export type Beside =
  | { kind: 'policy'; answer: string; citations: { file: string; title: string; quote: string }[] }
  | { kind: 'notes'; text: string }

/** One answered turn. */
export type Turn = {
  text: string
  /** Everything to be read, complete: words, policy answers and cards, the last two rendered by code from what is stored. */
  reply: string
  /** The words alone, without cards and policy answers, for channels that render those themselves. */
  prose: string
  /** What code shows beside a language model's words, in the order it was read; the embedded brain's words hold it already. */
  beside?: Beside[]
  toolCalls: { name: string; args: Record<string, unknown> }[]
  /** As stored, in the order they were made. */
  proposals: Proposal[]
  /** `embedded`, or the name of the language model that answered. */
  brain: string
  /** What a person should know about this turn: a hand-over, a limit. */
  notes: string[]
}

/** The colleague at the desk. Turns of one conversation run one after another. */
export type Agent = {
  /** Never throws for a model's failure: the embedded brain takes over. Throws `DeskError` when the store or the platform is gone. */
  turn(request: TurnRequest): Promise<Turn>
}
