import { z } from 'zod'
import { proposeTool } from './propose.ts'
import type { ToolDeps } from './tool.ts'

export function proposeWaitlistLeave(deps: ToolDeps) {
  return proposeTool(deps, {
    name: 'propose_waitlist_leave',
    kind: 'waitlist_leave',
    description: 'Proposes to take somebody off the waitlist. Needs an entryId from waitlist_for_slot. Their booked visits stay.',
    shape: { entryId: z.string().min(1).describe('From waitlist_for_slot') },
    doing: 'preparing to take them off the waitlist',
  })
}
