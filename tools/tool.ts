import type { z } from 'zod'
import type { DeskTool, ToolContext, ToolEffect, ToolResult } from '../src/agent/desk-tool.ts'
import type { Approvals } from '../src/approvals/open-approvals.ts'
import type { PolicyAnswer } from '../src/agent/tool-results.ts'
import type { ScoreAppointments } from '../src/calls/call-list.ts'
import type { BookingPlatform } from '../src/platforms/booking-platform.ts'
import { DeskError } from '../src/salon/errors.ts'
import type { Clock } from '../src/salon/time.ts'
import type { Store } from '../src/store/open-store.ts'
import type { Waitlist } from '../src/waitlist/open-waitlist.ts'

/** What the tools work with; `src/app.ts` fills it in. */
export type ToolDeps = {
  platform: BookingPlatform
  store: Store
  clock: Clock
  approvals: Approvals
  policies: { answer(question: string): Promise<PolicyAnswer> }
  score: ScoreAppointments
  waitlist: Pick<Waitlist, 'offer' | 'offerVisit' | 'propose'>
}

/** One tool, with its arguments typed by its schema; `defineTool` makes a `DeskTool` of it. */
type ToolSpec<Schema extends z.ZodObject, Result extends ToolResult> = {
  name: string
  description: string
  effect: ToolEffect
  schema: Schema
  doing: string
  withoutBook?: true
  run: (args: z.infer<Schema>, context: ToolContext) => Promise<Result>
  say: (result: Result) => string
  /** What a language model sees of the result; all of it when omitted. */
  forModel?: (result: Result) => object
}

export function defineTool<Schema extends z.ZodObject, Result extends ToolResult>({ forModel, say, run, ...spec }: ToolSpec<Schema, Result>): DeskTool {
  return {
    ...spec,
    async run(args, context) {
      const parsed = spec.schema.safeParse(args)
      if (parsed.success) return run(parsed.data, context)
      const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
      throw new DeskError('invalid_input', { message: `bad arguments for ${spec.name}: ${problems}`, userMessage: `${spec.name} was asked with wrong arguments: ${problems}.` })
    },
    say: (result) => say(result as Result),
    forModel: (result) => (forModel === undefined ? result : forModel(result as Result)),
  }
}
