import { z } from 'zod'
import type { DeskTool } from '../src/agent/desk-tool.ts'
import type { Proposed } from '../src/agent/tool-results.ts'
import { findLocation } from '../src/bookings/read-booking.ts'
import { sayProposal } from '../src/channels/cards/render-text.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { defineTool, type ToolDeps } from './tool.ts'

/** Why, as the staff member said it; goes on the card as their words. */
const reason = z.string().max(300).describe('The staff member\'s request in their own words; if a client\'s message moved them to it, say so and quote it')

/**
 * A tool that stores one kind of proposal. It changes nothing: approvals reads the facts itself, and a person decides
 * on a card that code renders from what is stored.
 */
export function proposeTool(deps: ToolDeps, { name, kind, description, shape, doing, fixed }: {
  name: string
  kind: string
  description: string
  shape: z.ZodRawShape
  doing: string
  /** Arguments of the action that code gives, not the model. */
  fixed?: Record<string, unknown>
}): DeskTool {
  return defineTool({
    name,
    description: `${description} It only proposes: a person approves on a card. Say that nothing has changed yet.`,
    effect: 'propose',
    schema: z.object({ ...shape, reason }),
    doing,
    async run({ reason: why, ...args }, { person, conversationId }): Promise<Proposed> {
      const proposal = await deps.approvals.propose({ kind, args: { ...args, ...fixed }, reason: why, requestedBy: person.id, conversation: conversationId })
      const { zone } = findLocation(unwrap(await deps.platform.catalog()), proposal.locationId)
      return { proposal, zone, now: deps.clock.now() }
    },
    say: sayProposal,
    forModel: ({ proposal: { id, state, facts, expiresAt } }) => ({
      proposalId: id, state, title: facts.title, changes: facts.changes, notices: facts.notices, expiresAt,
      next: state === 'pending' ? 'The person sees the card. It waits for their decision; you cannot approve it. Do not repeat the details.' : 'Nothing more to do.',
    }),
  })
}
