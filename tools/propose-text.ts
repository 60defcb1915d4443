import { z } from 'zod'
import { proposeTool } from './propose.ts'
import type { ToolDeps } from './tool.ts'

export function proposeText(deps: ToolDeps) {
  return proposeTool(deps, {
    name: 'propose_text',
    kind: 'text_client',
    description: 'Proposes a text message to one client, for what no other change tells them by itself (running late, a jacket left behind, an answer). Not when a visit is moved, booked or cancelled: those texts are written by the desk. Never names or numbers of other clients, no links but the salon\'s own, nothing about health.',
    shape: {
      clientId: z.string().min(1).describe('From find_client; the number is the one on their record'),
      body: z.string().trim().min(1).max(640).describe('The exact words of the text, best within 320 characters, in the salon\'s voice and with its name'),
    },
    doing: 'preparing the text',
  })
}
