import type { z } from 'zod'
import type { Person } from '../approvals/roles.ts'

/**
 * What a tool may do. `read` looks. `propose` stores an intention that a person decides on. `record` writes down in our
 * own store what the staff member has just said happened (the outcome of a call): no proposal, because nothing
 * outside changes and asking "shall I really note that?" would cost more than a wrong note, which a later one
 * corrects; it has an audit row like everything. There is no `write`.
 */
export type ToolEffect = 'read' | 'propose' | 'record'

/** Who asks, and where: filled in by code for each turn, never by a model. */
export type ToolContext = {
  person: Person
  conversationId: string
  /** The shop this desk stands in, when it has been said. */
  locationId?: string
}

/** What a tool answers: each its own shape (`tool-results.ts`). */
export type ToolResult = object

/** What a tool answers when it could not: words that a person and a model may read and act on. */
export type ToolFailure = { error: string; code: string }

/** One tool of the agent, bound to what it works with. */
export type DeskTool = {
  name: string
  /** For a language model: when to use it and when not. */
  description: string
  effect: ToolEffect
  schema: z.ZodObject
  /** For the status line: "looking up the client". */
  doing: string
  /** What it answers does not rest on the book of visits and clients, so that its age does not matter. */
  withoutBook?: true
  /** Checks the arguments and runs. Throws `DeskError` whose words may be read by the model. */
  run: (args: unknown, context: ToolContext) => Promise<ToolResult>
  /** The answer in plain words for staff. */
  say: (result: ToolResult) => string
  /** The answer as a language model sees it; no contact details. */
  forModel: (result: ToolResult) => object
}
