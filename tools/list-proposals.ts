import { z } from 'zod'
import type { OpenProposals } from '../src/agent/tool-results.ts'
import { sayChange } from '../src/channels/cards/render-text.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { sayTime } from '../src/salon/time.ts'
import { defineTool, type ToolDeps } from './tool.ts'

export function listProposals(deps: ToolDeps) {
  return defineTool({
    name: 'list_proposals',
    description: 'The proposals that wait for a decision. Use it for "what is waiting for approval?". It decides nothing, and no tool does: people approve with the card\'s button or "desk approve ID".',
    effect: 'read',
    schema: z.object({}),
    doing: 'looking at the open proposals',
    withoutBook: true,
    async run(): Promise<OpenProposals> {
      const [open, catalog] = await Promise.all([deps.approvals.list(), deps.platform.catalog().then(unwrap)])
      const zones = new Map(catalog.locations.map(({ id, zone }) => [id, zone]))
      return {
        proposals: open.map(({ id, state, facts, expiresAt, locationId }) => ({
          proposalId: id, title: facts.title, state, expires: sayTime(expiresAt, zones.get(locationId) ?? 'UTC'),
          changes: facts.changes.map(({ label, before, after }) => `${label}: ${sayChange(before, after)}`),
        })),
      }
    },
    say({ proposals }) {
      if (proposals.length === 0) return 'Nothing is waiting for approval.'
      return [
        ...proposals.map(({ proposalId, title, changes, state, expires }) => `${proposalId}  ${title}. ${changes.join('; ')}. ${state === 'pending' ? `Waits until ${expires}.` : `Is ${state}.`}`),
        'Approve with the card\'s button or "desk approve ID".',
      ].join('\n')
    },
  })
}
