import { z } from 'zod'
import { proposeTool } from './propose.ts'
import type { ToolDeps } from './tool.ts'

export function proposeNote(deps: ToolDeps) {
  return proposeTool(deps, {
    name: 'propose_note',
    kind: 'note',
    description: 'Proposes a note on a client\'s record, in the staff member\'s words. Not for what came of a call (record_outcome) and not for health details beyond what the staff member said.',
    shape: {
      clientId: z.string().min(1).describe('From find_client'),
      text: z.string().trim().min(1).max(1_000).describe('The note, as the staff member said it'),
    },
    doing: 'preparing the note',
  })
}
