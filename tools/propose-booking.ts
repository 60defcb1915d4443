import { z } from 'zod'
import { proposeTool } from './propose.ts'
import type { ToolDeps } from './tool.ts'

export function proposeBooking(deps: ToolDeps) {
  return proposeTool(deps, {
    name: 'propose_booking',
    kind: 'book',
    description: 'Proposes a new appointment for a known client in a free slot. Needs a clientId from find_client and a slotId from find_slots. It cannot make new clients.',
    shape: {
      clientId: z.string().min(1).describe('From find_client'),
      slotId: z.string().min(1).describe('From find_slots'),
    },
    doing: 'preparing the booking',
  })
}
