import { z } from 'zod'
import { proposeTool } from './propose.ts'
import type { ToolDeps } from './tool.ts'

export function proposeWaitlistFill(deps: ToolDeps) {
  return proposeTool(deps, {
    name: 'propose_waitlist_fill',
    kind: 'waitlist_fill',
    description: 'Proposes to book somebody from the waitlist into a free slot and take them off the list. Needs an entryId from waitlist_for_slot and a slotId from find_slots. It contacts nobody.',
    shape: {
      entryId: z.string().min(1).describe('From waitlist_for_slot'),
      slotId: z.string().min(1).describe('From find_slots, for the service the entry waits for'),
    },
    doing: 'preparing the booking from the waitlist',
  })
}
