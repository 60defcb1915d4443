import { z } from 'zod'
import { proposeTool } from './propose.ts'
import type { ToolDeps } from './tool.ts'

export function proposeWaitlistJoin(deps: ToolDeps) {
  return proposeTool(deps, {
    name: 'propose_waitlist_join',
    kind: 'waitlist_join',
    description: 'Proposes to put a known client on the waitlist for a service, or to change the times of one who waits for it already (they keep their place). Needs a clientId from find_client. It books nothing and contacts nobody.',
    shape: {
      clientId: z.string().min(1).describe('From find_client'),
      serviceId: z.string().min(1).describe('From client_profile, appointment or find_slots'),
      locationId: z.string().min(1).describe('From client_profile, appointment or find_slots'),
      staffId: z.string().min(1).optional().describe('Only when they asked for that person'),
      wanted: z.array(z.object({ from: z.string().describe('Instant with its offset'), to: z.string().describe('Instant with its offset, outside the range') })).max(60).describe('Ranges in which a visit may begin; empty for any time'),
      insteadOf: z.string().min(1).optional().describe('The appointment of theirs that they would give up for a sooner one'),
    },
    doing: 'preparing the waitlist entry',
  })
}
